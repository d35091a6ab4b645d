# shellcheck shell=bash
# What the scripts share. To be sourced, from the project's root.

# say prints a line about what goes on, beside the output of what runs.
say() { printf '== %s\n' "$*" >&2; }

# modules prints the folders of the project's Go modules, the root first. The
# tools' module holds no code.
modules() {
	find . -name go.mod -not -path './tools/*' -not -path '*/testdata/*' -not -path './.*/*' -printf '%h\n' |
		LC_ALL=C sort
}

# cgo_if_possible turns cgo off where it could not work; the go command itself only
# looks whether there is something called a compiler.
cgo_if_possible() {
	has_c_compiler || export CGO_ENABLED=0
}

# has_c_compiler tells whether cgo would work: a compiler and the C library's headers.
has_c_compiler() {
	local compiler
	compiler=$(CGO_ENABLED=1 go env CC)
	# The compiler may be a command with arguments.
	# shellcheck disable=SC2086
	printf '#include <stdlib.h>\nint main(void) { return 0; }\n' | $compiler -x c -o /dev/null - 2>/dev/null
}
