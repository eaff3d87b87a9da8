# Manual pages (by help2man) and bash completion, both made from the program's option tables.
find_program(HELP2MAN help2man)
set(manual_folder ${CMAKE_CURRENT_BINARY_DIR}/man)
set(completion ${CMAKE_CURRENT_BINARY_DIR}/soleus.bash)

add_custom_command(OUTPUT ${completion}
  COMMAND soleus completion > ${completion}
  DEPENDS soleus VERBATIM)
install(FILES ${completion} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME soleus)
set(documents ${completion})

if(HELP2MAN)
  add_custom_command(OUTPUT ${manual_folder}/soleus.1
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/make-manual $<TARGET_FILE:soleus> ${manual_folder}
    DEPENDS soleus ${PROJECT_SOURCE_DIR}/scripts/make-manual
      ${PROJECT_SOURCE_DIR}/scripts/manual.h2m ${PROJECT_SOURCE_DIR}/scripts/score.h2m VERBATIM)
  list(APPEND documents ${manual_folder}/soleus.1)
  install(DIRECTORY ${manual_folder}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  # Sections of a command's own.
  add_custom_command(OUTPUT ${manual_folder}/soleus.1 APPEND
    DEPENDS ${PROJECT_SOURCE_DIR}/scripts/episodes.h2m)
endif()
add_custom_target(documents ALL DEPENDS ${documents})
