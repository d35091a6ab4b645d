package stress

import (
	"bufio"
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// peakRSS is the process's largest resident set: what Linux counted, elsewhere
// what Go has obtained from the system, which is close to it.
func peakRSS() uint64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if kib, ok := statusKiB(status, "VmHWM:"); ok {
			return kib << 10
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

// statusKiB finds a line like "VmHWM:     1234 kB".
func statusKiB(status []byte, name string) (uint64, bool) {
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		fields := bytes.Fields(lines.Bytes())
		if len(fields) == 3 && string(fields[0]) == name && string(fields[2]) == "kB" {
			n, err := strconv.ParseUint(string(fields[1]), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
