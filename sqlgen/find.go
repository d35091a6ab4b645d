package sqlgen

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/durokit/duro/sqlgen/spec"
)

// Find returns the folders that hold a description: the current one, else those
// below backends.
func Find() ([]string, error) {
	if _, err := os.Stat(spec.FileName); err == nil {
		return []string{"."}, nil
	}
	paths, err := filepath.Glob(filepath.Join("backends", "*", spec.FileName))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no %s here and none in backends/*; name the folder that holds one", spec.FileName)
	}
	dirs := make([]string, 0, len(paths))
	for _, p := range paths {
		dirs = append(dirs, filepath.Dir(p))
	}
	return dirs, nil
}
