# Tests of the program from the shell, by bats: soleus_cli_test(name) runs tests/cli/<name>.bats.
function(soleus_cli_test name)
  add_test(NAME cli_${name} COMMAND bats ${PROJECT_SOURCE_DIR}/tests/cli/${name}.bats)
  set_tests_properties(cli_${name} PROPERTIES ENVIRONMENT
    "SOLEUS=$<TARGET_FILE:soleus>;RESULTS=${CMAKE_CURRENT_BINARY_DIR};SAMPLES=${PROJECT_SOURCE_DIR}/samples;RECORDINGS=${PROJECT_SOURCE_DIR}/../shared/recordings")
endfunction()

# One a line, sorted.
soleus_cli_test(bids)
soleus_cli_test(commands)
soleus_cli_test(convert)
soleus_cli_test(explain)
soleus_cli_test(export)
soleus_cli_test(plot)
soleus_cli_test(run)
set_tests_properties(cli_run PROPERTIES TIMEOUT 1200)
soleus_cli_test(score)
soleus_cli_test(sidecar)
soleus_cli_test(simulate)
soleus_cli_test(surroundings)
soleus_cli_test(trend)
set_tests_properties(cli_export PROPERTIES FIXTURES_REQUIRED results_files)

# Results files to draw figures of, in figures/.
add_executable(make_figures_input unit/make_figures_input.c unit/figures_input.c
  unit/figures_content.c unit/figures_tables.c)
target_include_directories(make_figures_input PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(make_figures_input PRIVATE soleus_pipeline)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/figures)
add_test(NAME make_figures_input COMMAND make_figures_input ${CMAKE_CURRENT_BINARY_DIR}/figures)
set_tests_properties(make_figures_input PROPERTIES FIXTURES_SETUP figures_input)
set_tests_properties(cli_plot PROPERTIES FIXTURES_REQUIRED figures_input TIMEOUT 1200)
