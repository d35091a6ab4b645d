package main

import (
	"testing"

	"github.com/durokit/duro/conformance/model"
)

func TestRandomSequencesDoWhatTheyDoInTheReference(t *testing.T) {
	f, err := stores(config(t))
	if err != nil {
		t.Fatal(err)
	}
	model.Check(t, f)
}
