package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"portcullis/wallet/signer"
)

// TestSignerOwnUser: the signer as a system user of its own, who may read every file and write none: it reads a venue's directory that
// is closed to all others, and answers the venue's user and nobody else.
func TestSignerOwnUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to be two users of the machine")
	}
	dir, n, v := setUp(t)
	id, seq := v.pay(n, 1e8)
	const own = 54321
	state := filepath.Join(dir, "state") // the signer's, with its seed
	run := filepath.Join(dir, "run")     // where its socket is
	program := filepath.Join(dir, "portcullis")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		os.Chmod(dir, 0o755), os.Mkdir(state, 0o700), os.Mkdir(run, 0o755), os.WriteFile(program, whole, 0o755),
		os.Rename(dir+"/seed", state+"/seed"), os.Chown(state, own, own), os.Chown(run, own, own), os.Chown(state+"/seed", own, own),
	); err != nil {
		t.Fatal(err)
	}
	asOwn := func(caps ...uintptr) func(*exec.Cmd) {
		return func(c *exec.Cmd) {
			c.Path, c.Err, c.Dir = program, nil, dir
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: own, Gid: own}, AmbientCaps: caps}
		}
	}
	args := []string{"--data", dir + "/data", "--seed", state + "/seed", "--socket", run + "/s", "--cap", "LTC:payout=5,hour=10", "--user", "0"}
	without := exec.Command("portcullis", append([]string{"signer", "run"}, args...)...)
	asOwn()(without)
	if out, err := without.CombinedOutput(); err == nil || !strings.Contains(string(out), "permission denied") {
		t.Fatalf("without the right to read: %v, %s", err, out)
	}
	const dacReadSearch = 2 // CAP_DAC_READ_SEARCH
	b := runBeside(t, asOwn(dacReadSearch), args...)
	if _, _, err := signer.NewClient(b.ready.Socket).Sign(t.Context(), tillCoin, id, seq); err != nil {
		t.Errorf("%v\n%s", err, b.log)
	}
	b.ends(t, syscall.SIGTERM)
}
