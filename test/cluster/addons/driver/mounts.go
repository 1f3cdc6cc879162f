package main

import (
	"os"
	"strings"
)

// isMounted asks the kernel's own list: a bind mount from the same file system cannot be told by its device.
func isMounted(path string) bool {
	list, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	for _, line := range strings.Split(string(list), "\n") {
		if fields := strings.Fields(line); len(fields) > 4 && fields[4] == path {
			return true
		}
	}
	return false
}
