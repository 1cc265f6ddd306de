// What stands below the options in a help page.
#pragma once

namespace tenon::cli::help_text {

inline constexpr const char* exit_codes = R"(
Exit codes:
  0  all is well
  1  something was refused or failed; the output says what, why and what to do
  2  the command line is wrong
  3  a file or folder cannot be read)";

inline constexpr const char* program = R"(Examples:
  tenon inspect build/plugins/*.so
      What each file is, needs and does. Nothing of it is run.
  tenon load build/plugins --contract pressroom_contract.contract.so
      Loads and starts the plugins, tells how it went, and unloads them.
  tenon dev plugins --plugins build/plugins -- cmake --build build
      Builds and loads plugins, and reloads them when their sources change.
  tenon disable org.acme.spell --reason "too slow on books" --store plugins.db
      Applications that use this store do not load it any more.
  tenon help inspect
      More about one command.
)";

inline constexpr const char* inspect = R"(Never loads or runs anything of the file. Works on plugins and on the modules
of contracts (NAME.contract.so).

Examples:
  tenon inspect markdown.so
      Identity, ABI, libraries, contracts, hooks with priority and budgets.
  tenon inspect pressroom_contract.contract.so --types
      A contract's hooks, services, and types with their fields.
  tenon inspect plugins/*.so --json | jq '.[].plugin.id'
      For programs: one array with an object for each file.
)";

inline constexpr const char* doctor =
    R"(Reads the files and this system; no plugin is loaded or run. Each finding has an
id (docs/lint.md), the evidence, a fix, and what it means for loading, reloading,
isolation and older systems. With --system, asks the kernel what it can enforce of the
confinement of plugins, and needs no file.

Examples:
  tenon doctor spell-check.so
      What would stand in its way here, and what to mend before it is shipped.
  tenon doctor build/plugins/*.so --json | jq '.[].findings[] | select(.severity == "error")'
      For programs: one array with an object for each file.
  tenon doctor --system
      Layer by layer, whether it is enforced here, and if not, why.
  tenon doctor --system --json | jq .can_confine
      For programs: one object (share/tenon/machine.schema.json).
)";

inline constexpr const char* doctor_exit_codes = R"(
Exit codes:
  0  no errors; there may be warnings and notes
  1  errors were found; --system: confined plugins are refused here
  2  the command line is wrong
  3  a file cannot be read)";

inline constexpr const char* list = R"(Reads the files and nothing more: no plugin is loaded or run. Contracts are found
as tenon load finds them.

Examples:
  tenon list build/plugins
      Each plugin with its version, whether it would start, and if not, why.
  tenon list plugins --cache plugins.cache
      The second time only files that were changed are read.
  tenon list plugins --json | jq '.plugins[] | select(.reason != "") | .id'
      For programs: one object (share/tenon/report.schema.json).
)";

inline constexpr const char* plan = R"(Reads the files and nothing more: no plugin is loaded or run. Contracts are found
as tenon load finds them.

Examples:
  tenon plan build/plugins
      The order in which they would start, and what each one waits for.
  tenon plan plugins --host org.acme.editor=2.1.0
      For an application that has this id and version.
  tenon plan old new --duplicates newest --pin org.acme.spell=1.4.0
      Of several plugins with one id, the newest; of this one, version 1.4.0.
  tenon plan plugins --dot | dot -Tsvg > plan.svg
      A picture.
)";

inline constexpr const char* enable = R"(Applications that use the store load the plugin again when they start next.

Examples:
  tenon enable org.acme.spell --store /var/lib/editor/plugins.db
      Also forgives the errors that its max_errors counts.
)";

inline constexpr const char* disable =
    R"(Applications that use the store refuse the plugin when they start next; one that
runs goes on with it.

Examples:
  tenon disable org.acme.spell --reason "too slow on books" --store plugins.db
      What they say then has the reason, and when it was given.
)";

inline constexpr const char* permissions =
    R"(Reads the file and the store; no plugin is loaded or run. Of a file, each request
is granted, waiting, the plugin's own (it needs no grant), or granted once and not
asked for any more; of an id, all that was granted is listed.

Examples:
  tenon permissions spell.so
      What it asks for.
  tenon permissions spell.so --store plugins.db
      What of it was granted, and the commands that grant the rest.
  tenon permissions org.acme.spell --store plugins.db
      What was granted, by whom and when.
  tenon permissions spell.so --store plugins.db --json | jq '.requests[] | select(.state == "waiting")'
      For programs: one object (share/tenon/permissions.schema.json).
)";

inline constexpr const char* grant = R"(A request is what tenon permissions writes. It is kept in the store until it is
revoked, also when the plugin becomes another version, and stands in the audit log.

Examples:
  tenon grant org.acme.spell 'read:/usr/share/dict/*' env:LANG --store plugins.db
      Two requests.
  tenon grant org.acme.spell --all-of spell.so --store plugins.db
      All that this file asks for.
)";

inline constexpr const char* revoke = R"(What is revoked stands in the audit log.

Examples:
  tenon revoke org.acme.spell env:LANG --store plugins.db
      One request; the others stay granted.
  tenon revoke org.acme.spell --all --store plugins.db
      All that it was granted.
)";

inline constexpr const char* audit = R"(Each row of the log has a hash over itself and the row before. verify finds rows
that were changed or taken away, and grants that are not in the log; against somebody
who can write the store and computes all hashes anew, keep what it prints somewhere
else, and give it to --known.

Examples:
  tenon audit --store plugins.db
      The 50 newest rows.
  tenon audit list --plugin org.acme.spell --last 10 --store plugins.db
      The 10 newest about one plugin.
  tenon audit verify --store plugins.db
      Whether the log is as it was written, and its last row.
  tenon audit --store plugins.db --json | jq '.rows[] | select(.what == "denied")'
      For programs: one object (share/tenon/audit.schema.json).
)";

inline constexpr const char* load = R"(The plugins' code runs: confined in workers, or with --trust trusted with this
user's rights, in this process or where --workers says. Contracts come from --contract, and from files
NAME.contract.so in the folders or among the files; a contract that one of the
plugins offers is left to that plugin.

Examples:
  tenon load build/plugins --contract pressroom_contract.contract.so
      All plugins of a folder.
  tenon load extra.so base.so
      Some plugins; a plugin is loaded after those that it needs.
  tenon load build/plugins --trust strict --operator operator.toml
      Confined further; the operator's file grants what plugins ask for.
  tenon load build/plugins --trust trusted --workers all
      Each plugin in a process of its own that is not confined; --workers
      org.acme.spell,org.acme.tax puts these two there, beside those whose
      manifests say so.
  tenon load build/plugins --stats --operator operator.toml
      Also the handlers, with the budgets and breakers that they would run under.
  tenon load build/plugins --json | jq '.plugins[] | select(.reason != "")'
      For programs: one object.
)";

inline constexpr const char* dev = R"(The build command stands behind --, and runs in the current folder. A file below
DIR that is saved runs it again; folders in which things are built, hidden names
and backups of editors do not count. When it succeeds, plugins whose files it has
changed are reloaded; when it fails, the builds that run go on. Their code runs in
this process, with this user's rights; --trust confines them. Contracts are found as tenon load finds
them. Ctrl-C ends it.

Examples:
  tenon dev plugins --plugins build/plugins -- cmake --build build
      Sources in plugins, libraries in build/plugins.
  tenon dev spell --contract pressroom_contract.contract.so -- make -C spell
      Sources and libraries in one folder, with a contract.
  tenon dev spell -- sh -c 'cc -c spell/a.c -o a.o && cc -shared a.o -o spell/a.so'
      More than one command.
  tenon dev plugins --plugins build/plugins --json -- ninja -C build | jq .verdict
      For programs: a line of JSON for each reload; all else is on standard error.
  tenon dev plugins --once -- make
      For scripts: builds, loads, ends.
)";

inline constexpr const char* dev_exit_codes = R"(
Exit codes:
  0  ended by Ctrl-C or SIGTERM; with --once: built, and all plugins are active
  1  with --once: the build failed, or something was refused
  2  the command line is wrong
  3  a file or folder cannot be read)";

}  // namespace tenon::cli::help_text
