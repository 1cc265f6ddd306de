# Plugins and modules that are not compared, each with the reason.

# conformance_exclude(REASON ENTRY...): targets, or folders with all that is made below them.
function(conformance_exclude reason)
  foreach(entry IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY conformance_excluded "${entry}")
  endforeach()
endfunction()

conformance_exclude("it attacks the machine: only a confined worker may run it" tests/containment)
conformance_exclude("it wants to find itself confined, and not to be root" works_inside)
conformance_exclude("most cannot be read; all are refused, for their manifest names no hook" tests/unit/loader)
conformance_exclude("their manifest has no name: the lint looks at the rest of the file" tests/lint)
conformance_exclude("the manifest is wrong in itself" wrong-manifest unknown-hook)
conformance_exclude("it is a part of the host" tenon_http)
conformance_exclude("they are made to be measured" bench)
