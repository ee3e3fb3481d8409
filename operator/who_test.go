package operator

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"portcullis/core/instruction"
	"portcullis/internal/local"
)

// The users beside the venue's own: the second operator of every house, and somebody who is none.
const (
	second = 54321
	other  = 54322
)

// asUser is set in a process that a test starts as another user: the socket to knock at. asFlood asks it to do so many times.
const (
	asUser  = "PORTCULLIS_TEST_USER"
	asFlood = "PORTCULLIS_TEST_FLOOD"
)

func TestMain(m *testing.M) {
	path := os.Getenv(asUser)
	switch {
	case path == "":
		os.Exit(m.Run())
	case os.Getenv(asFlood) != "":
		os.Stdout.WriteString(strconv.Itoa(flood(path)))
	default:
		said := "done"
		if _, err := Call(context.Background(), NewClient(path), AccountCreate, CreateAccount{}); err != nil {
			said = err.Error()
		}
		os.Stdout.WriteString(said)
	}
}

// flood opens many connections and keeps them, and counts those that are answered beyond the places for strangers.
func flood(path string) (answered int) {
	var open []net.Conn
	for range 5 * maxStrangers {
		c, err := net.Dial("unix", path)
		if err != nil {
			return -1
		}
		open = append(open, c)
	}
	for _, c := range open[maxStrangers:] {
		_, _ = io.WriteString(c, "POST /account/create HTTP/1.0\r\n\r\n") // it may be closed
		if b, _ := io.ReadAll(c); len(b) > 0 {
			answered++
		}
	}
	return answered
}

// as runs this program as another user, and is what it said.
func (h *house) as(user uint32, env ...string) string {
	h.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	copied := filepath.Join(filepath.Dir(h.path), "knock")
	if _, err := os.Stat(copied); err != nil {
		if b, err := os.ReadFile(exe); err != nil || os.WriteFile(copied, b, 0o755) != nil {
			h.t.Fatal("copying the test", err)
		}
	}
	cmd := exec.Command(copied) // #nosec G204 -- this program
	cmd.Dir, cmd.Env = "/", env
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// openHouse is a house with a socket that every user reaches, whose path it gives.
func openHouse(t *testing.T) (*house, string) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to be another user for a moment")
	}
	h := newHouse(t)
	dir := filepath.Dir(h.path)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "all.sock")
	l, err := local.ListenAll(path)
	if err != nil {
		t.Fatal(err)
	}
	go h.server.Serve(l)
	return h, path
}

// TestStranger: another user is refused by the kernel's word on who he is, where the file's mode lets him in too.
func TestStranger(t *testing.T) {
	h, all := openHouse(t)
	if got := h.as(other, asUser+"="+h.path); !strings.Contains(got, "may not use the operator's socket") {
		t.Errorf("with the mode that Listen gives: %s", got)
	}
	if got := h.as(other, asUser+"="+all); !strings.Contains(got,
		"User 54322 may not give the operator's commands; user 0, who runs the venue, user 54321, and root may. (not-operator)") {
		t.Errorf("with an open mode: %s", got)
	}
	if n := h.engine.Durable(); n != 0 {
		t.Errorf("%d records", n)
	}
	if !strings.Contains(h.logged(), "uid=54322") {
		t.Error("the log does not name the caller")
	}
	h.as(other, asUser+"="+all)
	if n := strings.Count(h.logged(), "uid=54322"); n != 1 {
		t.Errorf("the log has %d lines of what came in one second", n)
	}
}

// TestOther: a user who is named as an operator gives commands at the socket that he reaches, and they are on record as his.
func TestOther(t *testing.T) {
	h, all := openHouse(t)
	if got := h.as(second, asUser+"="+h.path); !strings.Contains(got, "may not use the operator's socket") {
		t.Errorf("in the data directory: %s", got)
	}
	if got := h.as(second, asUser+"="+all); got != "done" {
		t.Fatal(got)
	}
	sub := h.engine.Subscribe(1)
	defer sub.Close()
	seen := errors.New("seen")
	err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
		var r instruction.Record
		if err := r.Decode(seq, b); err != nil || r.Principal != (instruction.Principal{Giver: instruction.ByOperator, Operator: second}) {
			t.Errorf("%+v, %v", r.Principal, err)
		}
		return seen
	})
	if !errors.Is(err, seen) {
		t.Error(err)
	}
	if got := must(h, StatusShow, Nothing{}).Operators; len(got) != 2 || got[0] != 0 || got[1] != second {
		t.Errorf("status names %v", got)
	}
}

// TestFlood: strangers who knock without end get few places, and operators are let in all the same.
func TestFlood(t *testing.T) {
	h, all := openHouse(t)
	if got := h.as(other, asUser+"="+all, asFlood+"=1"); got != "0" {
		t.Errorf("%s were answered beyond their places", got)
	}
	if got := h.as(second, asUser+"="+all); got != "done" {
		t.Error(got)
	}
	var x strangers
	for range maxStrangers {
		x.enter()
	}
	if x.enter() {
		t.Error("one too many")
	}
	if x.leave(); !x.enter() {
		t.Error("a place is lost")
	}
}
