// Package local has sockets at which users of this machine reach a process: it makes them so that nobody else can put another one
// in their place, and tells who is at the other end, as the kernel knows it.
//
// It owns nothing. It refuses paths that a system has no room for, files that are no sockets, and folders that others can write into
// where a socket is for everybody.
package local

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// maxSocketPath is what the system's address of a Unix socket holds, less its end.
const maxSocketPath = 103

// Listen makes a socket that its owner alone can reach. One that a process left behind is replaced: the caller must hold what keeps
// a second such process out.
func Listen(path string) (*net.UnixListener, error) { return listen(path, 0o600) }

// ListenAll makes a socket that every user reaches; whom to answer, the caller decides by PeerUID. It lies where nobody but its
// folder's owner and root could put another one in its place: whoever could would be given what is meant for the caller. A
// socket that a process left behind is replaced, one that somebody answers at is not.
func ListenAll(path string) (*net.UnixListener, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		err = guarded(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("the socket for other users: %w", err)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("somebody answers at the socket %s already: name another one", path)
	}
	return listen(path, 0o666)
}

// guarded says whether what is in a folder stays what it is: it and each folder above are writable by their owners alone. In
// one above that is sticky others may write, since they cannot touch what is not theirs.
func guarded(dir string) error {
	dir, err := filepath.EvalSymlinks(dir)
	for at := dir; err == nil; at = filepath.Dir(at) {
		var info fs.FileInfo
		if info, err = os.Stat(at); err != nil {
			break
		}
		if info.Mode().Perm()&0o022 != 0 && (at == dir || info.Mode()&fs.ModeSticky == 0) {
			return fmt.Errorf("others than its owner can write into the folder %s (mode %04o) and could put a socket of their own there: "+
				"make a folder of its own for it, with mode 755", at, info.Mode().Perm())
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
	return fmt.Errorf("its folder must be there before: %w", err)
}

// listen makes a socket with a mode.
func listen(path string, mode fs.FileMode) (*net.UnixListener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("the path of the socket %s has %d bytes, and the system allows %d: choose a folder with a shorter path",
			path, len(path), maxSocketPath)
	}
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is in the place of the socket and is none: move it away", path)
	case err == nil:
		err = os.Remove(path)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, fmt.Errorf("socket: %w", err)
	}
	return l, nil
}
