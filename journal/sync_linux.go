package journal

import (
	"errors"
	"os"
	"syscall"
)

// Datasync leaves out the times of the file, which nobody here reads and which would cost a second write.
func (f diskFile) Datasync() error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
