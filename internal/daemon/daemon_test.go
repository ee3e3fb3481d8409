package daemon

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/journal"
	"portcullis/operator"

	"github.com/coder/websocket"
)

// logs is a log that tests can read.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// config is a venue of its own on a free port.
func config(t *testing.T) (Config, *logs) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pc") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l := new(logs)
	return Config{
		Dir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", Version: "test",
		Log: slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, l
}

// run starts a venue, and ends it with the test.
func run(t *testing.T, cfg Config) *Daemon {
	t.Helper()
	d, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func stop(t *testing.T, d *Daemon) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func call[Request, Reply any](t *testing.T, d *Daemon, c operator.Command[Request, Reply], in Request) Reply {
	t.Helper()
	client := operator.NewClient(d.Socket())
	defer client.Close()
	r, err := operator.Call(context.Background(), client, c, in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t *testing.T, d *Daemon, path string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, d.BaseURL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// signed places a demo customer's order as a client does.
func signed(t *testing.T, d *Daemon, k DemoKey, params string) (int, string) {
	t.Helper()
	payload := fmt.Sprintf("%s&timestamp=%d", params, d.Engine().Now().Milli())
	mac := hmac.New(sha256.New, k.Secret.Reveal())
	io.WriteString(mac, payload)
	r, err := http.NewRequest(http.MethodPost, d.BaseURL()+"/api/v3/order", strings.NewReader(payload+"&signature="+hex.EncodeToString(mac.Sum(nil))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-MBX-APIKEY", k.APIKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestDemo: the demo's customer can trade at once, keeps keys and money over a restart, and its secrets are in no log.
func TestDemo(t *testing.T) {
	cfg, log := config(t)
	cfg.Demo = true
	d := run(t, cfg)
	demo := d.Demo()
	if demo == nil || !demo.HMAC.Live || !demo.Ed25519.Live {
		t.Fatalf("%+v", demo)
	}
	order := "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=10000&newClientOrderId=first"
	if status, body := signed(t, d, demo.HMAC, order); status != 200 || !strings.Contains(body, `"status":"NEW"`) {
		t.Fatalf("%d %s", status, body)
	}
	// It has a budget, and is borne what it gives before the market has a price of its own.
	order = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.001&price=900000&newClientOrderId=second"
	if status, body := signed(t, d, demo.HMAC, order); status != 200 || !strings.Contains(body, `"status":"NEW"`) {
		t.Fatalf("%d %s", status, body)
	}
	order = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=9&price=10000&newClientOrderId=third"
	if status, body := signed(t, d, demo.HMAC, order); status != 400 || !strings.Contains(body, `"code":-2010`) {
		t.Fatalf("bitcoins for a sixth of their price: %d %s", status, body)
	}
	before := call(t, d, operator.AccountShow, operator.ShowAccount{Account: uint32(demo.Account)})
	stop(t, d)

	d = run(t, cfg)
	again := d.Demo()
	if again.HMAC.APIKey != demo.HMAC.APIKey || again.Account != demo.Account {
		t.Error("the second start made another customer")
	}
	after := call(t, d, operator.AccountShow, operator.ShowAccount{Account: uint32(demo.Account)})
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before the restart %v, after it %v", before, after)
	}
	keys := call(t, d, operator.KeyList, operator.ListKeys{Account: uint32(demo.Account)}).Keys
	if len(keys) != 2 {
		t.Errorf("%d keys after the second start", len(keys))
	}
	call(t, d, operator.KeyRevoke, operator.RevokeKey{Name: demo.HMAC.APIKey})
	stop(t, d)

	d = run(t, cfg)
	if d.Demo().HMAC.Live {
		t.Error("a revoked key is shown as one that works")
	}
	stop(t, d)
	for _, text := range []string{string(demo.HMAC.Secret.Reveal()), "PRIVATE KEY", demo.HMAC.APIKey} {
		if strings.Contains(log.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
}

// TestDemoCredentials: a damaged file is an error that names it, and no new customer.
func TestDemoCredentials(t *testing.T) {
	cfg, _ := config(t)
	cfg.Demo = true
	stop(t, run(t, cfg))
	file := filepath.Join(cfg.Dir, demoFile)
	if err := os.WriteFile(file, []byte(`{"hmac":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	d := run(t, cfg)
	if d.Demo() != nil {
		t.Error("without its file the demo was begun a second time")
	}
}

// TestBeside: what stands beside the API.
func TestBeside(t *testing.T) {
	cfg, _ := config(t)
	cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	d := run(t, cfg)
	for path, want := range map[string]string{
		"/": "trading venue", "/healthz": "well", "/readyz": "ready", "/metrics": "portcullis_ready 1", "/api/v3/ping": "{}",
	} {
		if status, body := get(t, d, path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := get(t, d, "/metrics", "X-Forwarded-For", "203.0.113.7"); status != http.StatusForbidden {
		t.Errorf("metrics for a stranger: %d", status)
	}
	s := call(t, d, operator.StatusShow, operator.Nothing{})
	if s.BaseURL != d.BaseURL() || s.Version != "test" || !s.Healthy {
		t.Errorf("%+v", s)
	}
	d.Engine().Close() // as a failed write does
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := get(t, d, path); status != http.StatusServiceUnavailable || !strings.Contains(body, "restart") {
			t.Errorf("%s of a stopped engine: %d %s", path, status, body)
		}
	}
	if status, _ := get(t, d, "/"); status != 200 {
		t.Errorf("reading stopped with writing: %d", status)
	}
}

// TestStreams: a stream that is open when the venue stops is told so.
func TestStreams(t *testing.T) {
	cfg, _ := config(t)
	cfg.Demo = true
	d := run(t, cfg)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.BaseURL(), "http")+"/ws/btcusdt@trade", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if _, b, err := c.Read(ctx); err != nil || !strings.Contains(string(b), `"e":"trade"`) {
		t.Fatalf("%s, %v", b, err)
	}
	closed := make(chan error, 1)
	go func() { closed <- d.Close() }()
	for err == nil {
		_, _, err = c.Read(ctx)
	}
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("the stream ended with %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// TestClockJump: a venue that stood still says that waits do so too, and with which command they go on.
func TestClockJump(t *testing.T) {
	cfg, log := config(t)
	hand := clock.NewHand(1_772_323_200_000_000)
	cfg.Clock = hand
	d := run(t, cfg)
	call(t, d, operator.AccountCreate, operator.CreateAccount{})
	hand.Add(instruction.Day)                                    // while it runs: at a start, a tick may come before the watch begins
	call(t, d, operator.AccountCreate, operator.CreateAccount{}) // the first record after the jump, if no tick was
	if d.Frozen() == 0 {
		t.Fatal("a day went by and nothing froze")
	}
	stop(t, d)
	want := "portcullis clock confirm --data " + cfg.Dir + "\" "
	if !strings.Contains(log.String(), want+"from=2026-03-01T00:00:00.000000Z to=2026-03-02T00:00:00.000000Z") {
		t.Errorf("at the jump, the log does not name the command:\n%s", log)
	}
	d = run(t, cfg)
	if !strings.Contains(log.String(), want+"since=2026-03-01T00:00:00.000000Z") {
		t.Errorf("at the start after it, the log does not name the command:\n%s", log)
	}
	call(t, d, operator.ClockConfirm, operator.Nothing{})
	if d.Frozen() != 0 {
		t.Error("confirmed, and still frozen")
	}
}

// TestStartFails: what cannot start says why, and leaves nothing behind that keeps the next start out.
func TestStartFails(t *testing.T) {
	cfg, _ := config(t)
	d := run(t, cfg)
	call(t, d, operator.AccountCreate, operator.CreateAccount{})
	call(t, d, operator.KeyCreate, operator.CreateKey{Account: 2, Scheme: "HMAC"})

	second := cfg
	if _, err := Start(context.Background(), second); !errors.As(err, new(*journal.LockedError)) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("a second venue on the directory: %v", err)
	}
	other, _ := config(t)
	other.Listen = d.Addr().String()
	for range 2 { // the second time too: the first left no lock
		if _, err := Start(context.Background(), other); err == nil || !strings.Contains(err.Error(), "is in use, by a venue") {
			t.Errorf("a second venue on the address: %v", err)
		}
	}
	stop(t, d)

	other.Listen = "127.0.0.1:0"
	stop(t, run(t, other))
	if err := os.WriteFile(Socket(other.Dir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other.Listen = freeAddr(t)
	for range 2 { // the address was taken before this fails, and must be free again
		if _, err := Start(context.Background(), other); err == nil || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("a file in the socket's place: %v", err)
		}
	}

	wrong := cfg
	wrong.MasterKey = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(wrong.MasterKey, []byte(strings.Repeat("ab", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), wrong); !errors.Is(err, seal.ErrKey) {
		t.Errorf("another master key: %v", err)
	}
	wrong.MasterKey += "-missing"
	if _, err := Start(context.Background(), wrong); err == nil || !strings.Contains(err.Error(), "put the key back") {
		t.Errorf("a missing master key: %v", err)
	}
	if _, err := os.Stat(wrong.MasterKey); err == nil {
		t.Error("another key was made in the place of the missing one")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Start(ended, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("a start that is not wanted any more: %v", err)
	}
	d = run(t, cfg)
	if n := call(t, d, operator.StatusShow, operator.Nothing{}).Keys; n != 1 {
		t.Errorf("%d keys", n)
	}
}

// freeAddr is an address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func loseArchive(t *testing.T, cfg Config) {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(cfg.Dir, archiveFile+end)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// TestArchiveLost: history that was lost is there again after a start.
func TestArchiveLost(t *testing.T) {
	cfg, _ := config(t)
	cfg.Demo = true
	d := run(t, cfg)
	order := "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=10000&newClientOrderId=kept"
	if status, body := signed(t, d, d.Demo().HMAC, order); status != 200 {
		t.Fatal(status, body)
	}
	stop(t, d)
	loseArchive(t, cfg)
	d = run(t, cfg)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.archive.Wait(ctx, d.Engine().Durable()); err != nil {
		t.Fatal(err)
	}
	id, _ := instruction.ClientIDOf("kept")
	if o, err := d.archive.Order(ctx, d.Demo().Account, 1, 0, id.String()); err != nil {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestDrain: a clean stop leaves history at the journal's end, however far behind it was.
func TestDrain(t *testing.T) {
	cfg, _ := config(t)
	d := run(t, cfg)
	const records = 5000
	var busy sync.WaitGroup
	for range 100 {
		busy.Go(func() {
			p := instruction.Principal{Giver: instruction.ByOperator}
			for range records / 100 {
				if _, err := d.Engine().Do(&p, &instruction.OpenAccount{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy.Wait()
	stop(t, d)
	loseArchive(t, cfg)
	d = run(t, cfg)
	stop(t, d) // at once: history has hardly begun
	if applied, last := d.archive.Applied(), d.Engine().Durable(); applied != last || last < records {
		t.Errorf("history is at %d, the journal at %d", applied, last)
	}
}

// TestCredentialsPrint: nothing here prints secrets by accident.
func TestCredentialsPrint(t *testing.T) {
	cfg, _ := config(t)
	cfg.Demo = true
	d := run(t, cfg)
	secret := string(d.Demo().HMAC.Secret.Reveal())
	if text := fmt.Sprintf("%v %+v %#v", *d.Demo(), *d.Demo(), *d.Demo()); strings.Contains(text, secret) {
		t.Error("printing the demo prints its secret")
	}
	b, err := os.ReadFile(d.Demo().File)
	if err != nil {
		t.Fatal(err)
	}
	var c demoCredentials
	if err := json.Unmarshal(b, &c); err != nil || string(c.HMAC.Secret.Reveal()) != secret {
		t.Errorf("the file does not hold the secret: %v", err)
	}
}

// TestDemoClock: a demo that stood still goes on by itself.
func TestDemoClock(t *testing.T) {
	cfg, log := config(t)
	cfg.Demo = true
	hand := clock.NewHand(1_772_323_200_000_000)
	cfg.Clock = hand
	stop(t, run(t, cfg))
	hand.Add(instruction.Day)
	d := run(t, cfg)
	if d.StoodStill() == 0 && !strings.Contains(log.String(), "that is confirmed") {
		t.Error("a day went by, and nobody noticed")
	}
	call(t, d, operator.AccountCreate, operator.CreateAccount{})
	sub := d.Engine().Subscribe(1)
	defer sub.Close()
	confirmed := errors.New("confirmed")
	for {
		err := sub.Next(t.Context(), func(seq uint64, b []byte) error {
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			if r.Kind() == instruction.KindConfirmClock {
				return confirmed
			}
			return nil
		})
		if errors.Is(err, confirmed) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	call(t, d, operator.AccountCreate, operator.CreateAccount{})
	if d.Frozen() != 0 {
		t.Error("waits stand still")
	}
}
