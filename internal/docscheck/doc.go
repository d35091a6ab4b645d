// Package docscheck holds the tests of the project's prose: that links lead
// somewhere, that the commands a reader is told to type exist, that a guide leads
// to what it promises, and that the Makefile's help names what there is.
//
// It contains nothing but tests.
package docscheck
