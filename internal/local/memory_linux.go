package local

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// KeepMemory keeps other processes of the same user, and files that a crash leaves, from having what is in this one's memory. On
// systems other than Linux it does nothing.
func KeepMemory() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("keeping this process's memory from others: %w", err)
	}
	return nil
}
