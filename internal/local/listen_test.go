package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestListen: the socket is its owner's, a stale one is replaced, and nothing else is.
func TestListen(t *testing.T) {
	dir, err := os.MkdirTemp("", "op")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	l.SetUnlinkOnClose(false) // as a crash leaves it
	l.Close()
	if l, err = Listen(path); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(path); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a file in the socket's place: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Error("the file in the socket's place is gone")
	}
	if _, err := Listen(filepath.Join(dir, strings.Repeat("x", 100))); err == nil || !strings.Contains(err.Error(), "shorter path") {
		t.Errorf("a long path: %v", err)
	}
}

// TestListenAll: the socket that every user reaches lies where nobody can put another one, and takes nobody's place.
func TestListenAll(t *testing.T) {
	dir, err := os.MkdirTemp("", "op")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	inner := filepath.Join(dir, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(inner, "s")
	l, err := ListenAll(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := ListenAll(path); err == nil || !strings.Contains(err.Error(), "somebody answers") {
		t.Errorf("a second one: %v", err)
	}
	l.SetUnlinkOnClose(false) // as a crash leaves it
	l.Close()
	if l, err = ListenAll(path); err != nil {
		t.Fatal(err)
	}
	l.Close()
	for at, mode := range map[string]os.FileMode{inner: 0o777 | os.ModeSticky, dir: 0o775} {
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ListenAll(path); err == nil || !strings.Contains(err.Error(), "others than its owner can write into the folder") {
			t.Errorf("%s with mode %v: %v", at, mode, err)
		}
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(inner, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(inner, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenAll(filepath.Join(dir, "link", "s")); err == nil || !strings.Contains(err.Error(), "can write into the folder") {
		t.Errorf("behind a link: %v", err)
	}
	if _, err := ListenAll(filepath.Join(dir, "none", "s")); err == nil || !strings.Contains(err.Error(), "must be there before") {
		t.Errorf("no folder: %v", err)
	}
}
