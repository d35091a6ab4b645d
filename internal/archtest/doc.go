// Package archtest holds the tests of the project's architecture: which package
// may import which and why, that the core and the generator name no database,
// that a program links only the drivers it asked for, and that every package
// says what it is for.
//
// It contains nothing but tests. To change a rule, change it together with its
// reason in rules_test.go.
package archtest
