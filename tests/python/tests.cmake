# Tests that look at files as other programs see them. Debian's python3 has the modules; another
# one may come first on PATH. They exit with 77, skipped, where a module is missing; -B leaves no
# compiled modules beside them.
function(soleus_python_test name script)
  add_test(NAME python_${name} COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/python/${script}
    ${ARGN})
  set_tests_properties(python_${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()

add_executable(make_results unit/make_results.c unit/results_example.c)
target_include_directories(make_results PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(make_results PRIVATE soleus_formats)
target_sources(test_export PRIVATE unit/results_example.c)
target_sources(test_results PRIVATE unit/results_example.c)
target_sources(test_results_faults PRIVATE unit/results_example.c)
add_executable(trend_values unit/trend_values.c)
target_link_libraries(trend_values PRIVATE soleus_pipeline)
add_test(NAME make_results COMMAND make_results ${CMAKE_CURRENT_BINARY_DIR})
set_tests_properties(make_results PROPERTIES FIXTURES_SETUP results_files)

# One a line, sorted.
soleus_python_test(bench check_bench.py $<TARGET_FILE:soleus> ${PROJECT_SOURCE_DIR}/scripts
  ${PROJECT_SOURCE_DIR}/../shared/recordings)
soleus_python_test(bids check_bids.py $<TARGET_FILE:soleus> ${PROJECT_SOURCE_DIR}/samples/bids)
soleus_python_test(brainvision_samples make_brainvision_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(c3d_samples make_c3d_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(dialect_samples make_dialect_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(edf_samples make_edf_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(episodes check_episodes.py $<TARGET_FILE:soleus>)
soleus_python_test(foreign check_foreign.py $<TARGET_FILE:soleus> ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(hdf5_samples make_hdf5_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(gdf_samples make_gdf_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(markers check_markers.py $<TARGET_FILE:soleus> ${CMAKE_CURRENT_BINARY_DIR})
soleus_python_test(mat_samples make_mat_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(otb_samples make_otb_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(study check_study.py $<TARGET_FILE:soleus> ${PROJECT_SOURCE_DIR}/samples/study)
soleus_python_test(recordings check_recordings.py $<TARGET_FILE:soleus>
  ${PROJECT_SOURCE_DIR}/../shared/recordings)
soleus_python_test(real_episodes check_real_episodes.py $<TARGET_FILE:soleus>
  ${PROJECT_SOURCE_DIR}/../shared/recordings)
soleus_python_test(results check_results.py ${CMAKE_CURRENT_BINARY_DIR})
set_tests_properties(python_results PROPERTIES FIXTURES_REQUIRED results_files)
soleus_python_test(run check_run.py $<TARGET_FILE:soleus> ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(score check_score.py $<TARGET_FILE:soleus>)
soleus_python_test(spike2_samples make_spike2_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(text_audio_samples make_text_audio_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(trend check_trend.py $<TARGET_FILE:trend_values>)
soleus_python_test(wfdb_samples make_wfdb_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
soleus_python_test(xdf_samples make_xdf_samples.py --check ${PROJECT_SOURCE_DIR}/samples)
