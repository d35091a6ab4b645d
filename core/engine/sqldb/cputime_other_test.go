//go:build !unix

package sqldb_test

import "time"

func cpuTime() time.Duration { return 0 }
