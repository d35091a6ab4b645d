package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheWrappersAreCurrent(t *testing.T) {
	t.Parallel()
	want, err := generate(filepath.Join("..", "..", contract))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", output))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs from the contract; run make generate (-want +got):\n%s", output, diff)
	}
}
