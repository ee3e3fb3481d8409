//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package journal

import (
	"errors"
	"fmt"
	"os"
)

// lockFile refuses: without a lock that ends with the process, two writers could destroy the log.
func lockFile(*os.File) (held bool, err error) {
	return false, fmt.Errorf("journal: no file locks on this system: %w", errors.ErrUnsupported)
}
