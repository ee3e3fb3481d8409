package signer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/local"
	"portcullis/internal/strict"
)

// locked is an engine that several goroutines read.
type locked struct {
	mu sync.Mutex
	recorder
}

func (l *locked) Read(f func(*core.State)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.recorder.Read(f)
}

// serve has a signer answer at a socket, whose path it gives.
func serve(t testing.TB, s *Signer, listen func(string) (*net.UnixListener, error), users ...uint32) (*Server, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sg") // short, for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := listen(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := NewServer(s, users, slog.New(slog.DiscardHandler))
	done := make(chan error)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		srv.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return srv, path
}

// TestClient: over a socket comes what the signer in the same process gives, from many at once.
func TestClient(t *testing.T) {
	b := newBank(t)
	b.recorder = &locked{recorder: b.recorder}
	coins := b.free(8)
	for i := range 8 {
		b.plan(coins[i:i+1], 1000, 0, b.owe(1e8, b.to(i)))
	}
	_, path := serve(t, b.signer(b.cap(1e8, 10e8)), local.Listen)
	c := NewClient(path)
	here := b.signer(b.cap(1e8, 10e8))
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			id := instruction.SpendID(i%8 + 1)
			raw, tx, err := c.Sign(t.Context(), ltc, id, b.last)
			want, name, _ := here.Sign(t.Context(), ltc, id, b.last)
			if err != nil || tx != name || !bytes.Equal(raw, want) {
				t.Errorf("%x called %v, %v", raw, tx, err)
			}
		})
	}
	all.Wait()
	_, _, err := c.Sign(t.Context(), ltc, 9, b.last)
	refuses(t, err, "spend 9 of LTC is not on record")
	if x, err := c.Limits(t.Context(), ltc); err != nil || x != (Limits{1e8, 10e8, usualRate}) {
		t.Errorf("its limits are %+v, %v", x, err)
	}
	_, err = c.Limits(t.Context(), ltc+1)
	refuses(t, err, "has no chain on record")
}

// TestClientKeeps: a connection serves many requests; one that the signer has given up, since it was started anew, costs no answer.
func TestClientKeeps(t *testing.T) {
	b := newBank(t)
	ids := []instruction.SpendID{b.pay(1e8), b.pay(1e8)}
	s := b.signer(b.cap(1e8, 10e8))
	dir, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	c := NewClient(path)
	for range 3 {
		l, err := local.Listen(path)
		if err != nil {
			t.Fatal(err)
		}
		srv := NewServer(s, nil, slog.New(slog.DiscardHandler))
		done := make(chan error)
		go func() { done <- srv.Serve(l) }()
		for range 10 {
			for _, id := range ids {
				if raw, _, err := c.Sign(t.Context(), ltc, id, b.last); raw == nil || err != nil {
					t.Fatal(err)
				}
			}
			srv.mu.Lock()
			n := len(srv.conns)
			srv.mu.Unlock()
			if n != 1 || len(c.kept) != 1 {
				t.Fatalf("the signer has %d connections, and %d are kept", n, len(c.kept))
			}
		}
		srv.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	c.kept[0].used = c.kept[0].used.Add(-keptFor - 1)
	if c.take() != nil || len(c.kept) != 0 {
		t.Error("a connection is kept for ever")
	}
}

// TestClientAlone: what a client without a signer is told, and that it is no refusal.
func TestClientAlone(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		path string
		says string
	}{
		{t.Context(), filepath.Join(dir, "none"), "no signer answers at"},
		{ctx, filepath.Join(dir, "none"), "gave no answer"},
	} {
		_, _, err := NewClient(c.path).Sign(c.ctx, 1, 1, 1)
		if err == nil || !strings.Contains(err.Error(), c.says) || errors.As(err, new(*Refused)) {
			t.Errorf("%v; want %q", err, c.says)
		}
	}
}

// TestClientLied: what is no signer gives no transaction: garbage, too much, another name, silence until the caller has enough.
func TestClientLied(t *testing.T) {
	b := newBank(t)
	raw, tx := b.signs(b.signer(b.cap(1e8, 2e8)), b.pay(1e8))
	good := string(signature(raw, tx).encode())
	for name, text := range map[string]string{
		"nothing":      "",
		"garbage":      "\x00\xff\n",
		"no end":       "{}",
		"neither":      "{}\n",
		"another name": strings.Replace(good, tx.String(), instruction.TxID{1}.String(), 1),
		"cut":          strings.Replace(good, `"}`, "", 1) + "\n",
		"odd":          strings.Replace(good, `"raw":"`, `"raw":"0`, 1),
		"more":         strings.Replace(good, `"raw":"`, `"raw":"00`, 1),
		"endless":      strings.Repeat("x", maxReply+2),
		"two things":   `{"refused":"a","refused":"b"}` + "\n",
	} {
		got, _, err := NewClient(say(t, text, false)).Sign(t.Context(), 1, 1, 1)
		if err == nil || got != nil || errors.As(err, new(*Refused)) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	if got, is, err := NewClient(say(t, good, false)).Sign(t.Context(), 1, 1, 1); err != nil || is != tx || !bytes.Equal(got, raw) {
		t.Errorf("what is right: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	path := say(t, "", true, cancel)
	if _, _, err := NewClient(path).Sign(ctx, 1, 1, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("silence: %v", err)
	}
}

// say answers one connection with a text, once a request came, or says nothing at all and has then called.
func say(t *testing.T, text string, silent bool, then ...func()) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := local.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		bufio.NewReader(c).ReadBytes('\n')
		for _, f := range then {
			f()
		}
		if silent {
			c.Read(make([]byte, 1)) // until the other end is closed
			return
		}
		io.WriteString(c, text)
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
		os.RemoveAll(dir)
	})
	return path
}

// talk sends bytes to a signer and is all that it answers.
func talk(t *testing.T, path string, sent string) string {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, sent) // who says too much is cut off before all of it is sent
	c.(*net.UnixConn).CloseWrite()
	out, _ := io.ReadAll(c)
	return string(out)
}

// TestGarbage: what is no request is told what one is, and ends the connection; the next one is served as before.
func TestGarbage(t *testing.T) {
	b := newBank(t)
	id := b.pay(1e8)
	_, path := serve(t, b.signer(b.cap(1e8, 2e8)), local.Listen)
	good := fmt.Sprintf(`{"asset":1,"spend":%d,"seq":%d}`+"\n", id, b.last)
	for name, c := range map[string]struct{ sent, says string }{
		"nothing":       {"", ""},
		"half":          {good[:len(good)-1], ""},
		"an empty line": {"\n", "ends early"},
		"HTTP":          {"GET / HTTP/1.1\r\n\r\n", "not JSON"},
		"a list":        {"[1]\n", "not a JSON object"},
		"zeros":         {strings.Repeat("\x00", 100) + "\n", "not JSON"},
		"no UTF-8":      {"{\"asset\":\"\xff\"}\n", "not UTF-8"},
		"doubled":       {`{"asset":1,"spend":1,"spend":2,"seq":1}` + "\n", "given twice"},
		"more fields":   {`{"asset":1,"spend":1,"seq":1,"to":"me"}` + "\n", `no field \"to\"`},
		"below zero":    {`{"asset":1,"spend":-1,"seq":1}` + "\n", "whole number"},
		"a fraction":    {`{"asset":1,"spend":1.5,"seq":1}` + "\n", "whole number"},
		"too large":     {`{"asset":1,"spend":99999999999999999999,"seq":1}` + "\n", "whole number"},
		"no spend":      {`{"asset":1,"seq":1}` + "\n", "numbers from 1"},
		"a long one":    {strings.Repeat(" ", maxRequest) + good, "at most 256 bytes"},
		"endless":       {strings.Repeat("x", 1<<20), "at most 256 bytes"},
		"two at once":   {good + good, `"tx"`},
	} {
		got := talk(t, path, c.sent)
		if !strings.Contains(got, c.says) || c.says == "" && got != "" || name == "two at once" && strings.Count(got, "\n") != 2 {
			t.Errorf("%s: %q; want %q", name, got, c.says)
		}
		if got := talk(t, path, good); !strings.Contains(got, `"raw"`) {
			t.Fatalf("after %s: %s", name, got)
		}
	}
}

// TestQuietLog: the log tells of each thing once in a while, however often somebody asks; of each signature it tells.
func TestQuietLog(t *testing.T) {
	b := newBank(t)
	var out bytes.Buffer
	h := newHand()
	s := NewServer(b.signer(b.cap(1e8, 2e8)), nil, slog.New(slog.NewTextHandler(&out, nil)))
	s.now = h.now
	good, over, other := b.pay(1e8), b.pay(1e8+1), b.pay(1e8+2)
	ask := func(id instruction.SpendID, says string) {
		t.Helper()
		r := s.do(request{Asset: ltc, Spend: id})
		if !strings.Contains(string(r.encode()), says) {
			t.Errorf("%+v", r)
		}
	}
	lines := func(want int) {
		t.Helper()
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Fatalf("%d lines, want %d:\n%s", got, want, out.String())
		}
	}
	for range 5 {
		ask(over, "the cap is")
	}
	lines(1)
	ask(other, "the cap is")
	lines(2)
	ask(good, "raw")
	ask(good, "raw")
	lines(4)
	h.pass(quiet - 1)
	ask(over, "the cap is")
	lines(4)
	h.pass(1)
	ask(over, "the cap is")
	lines(5)
	for i := range maxTold {
		s.tell(slog.LevelInfo, "x", fmt.Sprint(i))
	}
	if len(s.told) > maxTold {
		t.Errorf("%d things are remembered", len(s.told))
	}
}

// TestCrowd: connections beyond the most that there may be are turned away, and there is room again when one ends.
func TestCrowd(t *testing.T) {
	b := newBank(t)
	id := b.pay(1e8)
	_, path := serve(t, b.signer(b.cap(1e8, 2e8)), local.Listen)
	var all []net.Conn
	for range maxConns {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		all = append(all, c)
	}
	if _, _, err := NewClient(path).Sign(t.Context(), ltc, id, 0); err == nil || !strings.Contains(err.Error(), "connections are open already") || errors.As(err, new(*Refused)) {
		t.Fatalf("one too many: %v", err)
	}
	all[7].Close()
	for { // until the signer has noticed
		_, _, err := NewClient(path).Sign(t.Context(), ltc, id, 0)
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "connections are open already") {
			t.Fatal(err)
		}
	}
}

// TestClose: a server that closes ends connections that ask nothing, finishes what is under way, and takes nothing more.
func TestClose(t *testing.T) {
	b := newBank(t)
	id := b.pay(1e8)
	inside, on := make(chan bool), make(chan bool)
	s, err := New(b.seed, []Cap{b.cap(1e8, 2e8)}, func(f func(*core.State)) error {
		inside <- true
		<-on
		return b.Read(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	srv, path := serve(t, s, local.Listen)
	idle, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	signed := make(chan error)
	go func() {
		_, _, err := NewClient(path).Sign(t.Context(), ltc, id, 0)
		signed <- err
	}()
	<-inside
	closed := make(chan bool)
	go func() {
		srv.Close()
		close(closed)
	}()
	if _, err := idle.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a connection that asked nothing: %v", err)
	}
	on <- true
	if err := <-signed; err != nil {
		t.Errorf("what was under way: %v", err)
	}
	<-closed
	if _, _, err := NewClient(path).Sign(t.Context(), ltc, id, 0); err == nil || errors.As(err, new(*Refused)) {
		t.Errorf("after the end: %v", err)
	}
}

// stranger is a user who is not the one that runs the tests.
const stranger = 54321

// TestPeer: another user is refused by the kernel's word on who he is, where the file's mode lets him in too; one who is named is
// answered. Where none is named the file keeps him out as well.
func TestPeer(t *testing.T) {
	if path := os.Getenv("SIGNER_PEER"); path != "" { // the other user, asking
		_, _, err := NewClient(path).Sign(t.Context(), ltc, 1, 0)
		fmt.Printf("answer: %v\n", err)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("needs root, to be another user for a moment")
	}
	b := newBank(t)
	b.pay(1e8)
	ask := func(path string) string {
		dir, err := os.MkdirTemp("", "sg") // where the other user comes
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(dir, "test")
		if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(program, whole, 0o755)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-test.run=^TestPeer$", "-test.count=1")
		cmd.Env, cmd.Dir = append(os.Environ(), "SIGNER_PEER="+path), dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	s := b.signer(b.cap(1e8, 2e8))
	_, path := serve(t, s, local.ListenAll)
	if got := ask(path); !strings.Contains(got, "refuses: user 54321 may not ask this signer") {
		t.Errorf("a stranger: %s", got)
	}
	_, path = serve(t, s, local.ListenAll, stranger)
	if got := ask(path); !strings.Contains(got, "answer: <nil>") {
		t.Errorf("whom it was told of: %s", got)
	}
	_, path = serve(t, s, local.Listen, stranger)
	if got := ask(path); !strings.Contains(got, "this user may not use the signer's socket") {
		t.Errorf("a socket of its owner: %s", got)
	}
}

// FuzzRequest: whatever comes is a request or an error, never more than one line of it, and what is a request says what it asks.
func FuzzRequest(f *testing.F) {
	seeds := []string{
		"{\"asset\":1,\"spend\":7,\"seq\":123}\n", "{\"seq\":0,\"spend\":18446744073709551615,\"asset\":4294967295}\n", "", "\n", "{}\n",
		"{\"asset\":1,\"asset\":2,\"spend\":1}\n", "{\"asset\":1.0,\"spend\":1}\n", "{\"ASSET\":1,\"spend\":1}\n", strings.Repeat("{", 300) + "\n",
		"{\"asset\":1,\"spend\":1}}\n", "\xff\n", "{\"asset\":1,\"spend\":1,\"seq\":1}\n{\"asset\":2,\"spend\":2,\"seq\":2}\n",
		"{\"asset\":1,\"limits\":true}\n", "{\"asset\":1,\"spend\":1,\"limits\":true}\n",
	}
	if len(seeds) < 14 {
		f.Fatal("the seeds are gone")
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		from := bytes.NewReader(in)
		q, err := readRequest(bufio.NewReaderSize(from, maxRequest))
		if err != nil {
			return
		}
		line, _, whole := bytes.Cut(in, []byte("\n"))
		if !whole || len(line) >= maxRequest || q.Asset == 0 || (q.Spend == 0) != q.Limits {
			t.Fatalf("%q is taken for %+v", in, q)
		}
		out, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readRequest(bufio.NewReaderSize(strings.NewReader(string(out)+"\n"), maxRequest))
		if err != nil || again != q {
			t.Fatalf("%q came back as %+v, %v", in, again, err)
		}
	})
}

// FuzzReply: what is read quickly is what the rules say.
func FuzzReply(f *testing.F) {
	for _, text := range []string{
		`{"tx":"00","raw":"0f"}`, `{"tx":"","raw":""}`, `{"tx":"00","raw":"0f","raw":"00"}`, `{"tx":"0\u0030","raw":"0f"}`, `{"refused":"x"}`, `{"tx":"00"}`,
		`{"tx":"00","raw":"0F"}`, `{"tx":"00","raw":"0f"}}`,
	} {
		f.Add([]byte(text + "\n"))
	}
	if _, ok := quick(signature([]byte{1}, instruction.TxID{2}).encode()); !ok {
		f.Error("what a signer answers is not read quickly")
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, ok := quick(line)
		if !ok {
			return
		}
		var slow reply
		if err := strict.Decode(line, &slow); err != nil || slow != r {
			t.Errorf("%q is read as %+v, and is %+v, %v", line, r, slow, err)
		}
	})
}
