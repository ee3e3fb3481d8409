//go:build unix

package daemon

import "syscall"

// openFiles is how many files the process may have open, 0 where that is not known. Go's runtime has raised the soft limit to
// the hard one by then.
func openFiles() uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return uint64(l.Cur)
}
