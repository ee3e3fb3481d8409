//go:build !race

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// signer is the process that holds the seed.
type signer struct {
	t    *testing.T
	args []string
	cmd  *exec.Cmd
	log  *bytes.Buffer
}

// chain is what a venue must know of a seed.
type chain struct{ Network, Account, Hot string }

// newSeed makes a seed in the directory.
func newSeed(t *testing.T, dir string) (c chain) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "signer", "init", "--seed", filepath.Join(dir, "seed"), "--network", "litecoin-regtest", "--unsealed", "--json").Output()
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		t.Fatalf("signer init: %v\n%s", err, out)
	}
	return c
}

// newSigner starts a signer with the directory's seed, for the venue whose data lies in it.
func newSigner(t *testing.T, dir string) *signer {
	t.Helper()
	in := func(name string) string { return filepath.Join(dir, name) }
	s := &signer{t: t, args: []string{"signer", "run", "--json", "--data", in("data"), "--seed", in("seed"), "--socket", in("signer.sock"),
		"--cap", "LTC:payout=1,hour=1000"}}
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start starts the process and waits until it is ready.
func (s *signer) start() {
	s.t.Helper()
	path, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.log = new(bytes.Buffer)
	s.cmd = exec.Command(path, s.args...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var ready struct{ Event string }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &ready) != nil || ready.Event != "ready" {
		s.kill()
		s.t.Fatalf("the signer is not ready: %s\n%s", lines.Bytes(), s.log)
	}
}

// kill ends it as a power cut would, as far as a process can tell.
func (s *signer) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// door stands before the signer's socket. While it is shut whoever knocks waits; while it leaks the signer's answers are lost.
type door struct {
	to    string
	knock chan struct{} // of whoever finds it shut
	lost  chan struct{} // an answer was

	mu    sync.Mutex    // of what follows
	shut  chan struct{} // closed when it is opened; nil while it is open
	leaks bool
}

// newDoor stands at a path, before the socket at another.
func newDoor(t *testing.T, path, to string) *door {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{to: to, knock: make(chan struct{}, 1000), lost: make(chan struct{}, 1000)}
	t.Cleanup(func() {
		l.Close()
		d.open()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go d.pass(c)
		}
	}()
	return d
}

// close shuts the door; open opens it, and what it lets through is answered from now on.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = make(chan struct{})
}

func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leaks = false; d.shut != nil {
		close(d.shut)
		d.shut = nil
	}
}

// leak opens it for those who wait, and for nobody else: the signer does what they ask, and its answers are lost.
func (d *door) leak() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leaks = true
	close(d.shut)
	d.shut = make(chan struct{})
}

// pass lets a caller's requests through to the signer, each once the door is open, though he may have died while he waited.
func (d *door) pass(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	var up net.Conn
	var out *bufio.Reader
	for {
		request, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		leaks := d.wait()
		if up == nil {
			if up, err = net.Dial("unix", d.to); err != nil {
				return // nobody answers
			}
			defer up.Close()
			out = bufio.NewReader(up)
		}
		if _, err := up.Write(request); err != nil {
			return
		}
		answer, err := out.ReadBytes('\n')
		if err != nil {
			return
		}
		if leaks {
			d.lost <- struct{}{}
			return
		}
		c.Write(answer)
	}
}

// wait returns once the door is open, and whether it leaks.
func (d *door) wait() (leaks bool) {
	d.mu.Lock()
	shut := d.shut
	d.mu.Unlock()
	if shut != nil {
		d.knock <- struct{}{}
		<-shut
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leaks
}

// TestSignerKilled kills the signer, alone or with the venue, while payouts have come so far, with calls to the node failing besides.
// What it had signed and nobody had got it signs again, to the same bytes.
func TestSignerKilled(t *testing.T) {
	t.Parallel()
	m := &matrix{bank: newBank(t, 2)}
	for i, e := range []event{
		{"while CLAIMED", claimed, (*matrix).killSigner},
		{"while PLANNED", planned, (*matrix).killSigner},
		{"while PLANNED, its answer lost", planned, (*matrix).loseAnswers},
		{"while SIGNED", signed, (*matrix).killSigner},
		{"while SEEN", seen, (*matrix).killSigner},
		{"while MINED", mined, (*matrix).killSigner},
		{"and the venue while CLAIMED", claimed, (*matrix).killBoth},
		{"and the venue while PLANNED", planned, (*matrix).killBoth},
		{"and the venue while PLANNED, its answer lost", planned, (*matrix).loseBoth},
		{"and the venue while SIGNED", signed, (*matrix).killBoth},
		{"and the venue while SEEN", seen, (*matrix).killBoth},
		{"and the venue while MINED", mined, (*matrix).killBoth},
	} {
		if !testing.Short() || i%4 == 2 {
			m.run(t, i, faults[i%len(faults)], e, others[i%len(others)])
		}
	}
}

// killSigner kills the signer under a venue that runs on.
func (m *matrix) killSigner(event) {
	m.signer.kill()
	m.line.Set(m.after.fate)
	m.letGo()
	m.door.open() // nobody answers
	m.signer.start()
}

// killBoth kills the signer and the venue; which of them is there first again is by turns.
func (m *matrix) killBoth(e event) {
	m.signer.kill()
	if m.row%2 == 0 {
		m.crash(e)
		m.signer.start()
		return
	}
	m.kill()
	m.signer.start()
	m.crash(e)
}

// loseAnswers has the signer sign what nobody gets, and kills it. What it notes of it is there still when it is asked again.
func (m *matrix) loseAnswers(e event) {
	m.leak()
	m.killSigner(e)
}

func (m *matrix) loseBoth(e event) {
	m.leak()
	m.killBoth(e)
}

func (m *matrix) leak() {
	m.door.leak()
	for range 2 {
		m.arrives("an answer of the signer is lost", m.door.lost)
	}
}
