package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"portcullis": main})
}

// TestScripts runs the transcripts of testdata/script: the real program, against real venues. Under the race detector each
// start of the program takes long; what is one command after the other has [race] skip there.
func TestScripts(t *testing.T) {
	found, err := os.ReadDir("testdata/script")
	if err != nil || len(found) < 7 {
		t.Fatalf("the scripts are gone: %d found, %v", len(found), err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error { // GOLDEN is a data directory of the first version, of several small segments; OPEN a folder that other users reach
			dir, err := filepath.Abs("../../internal/daemon/testdata/v1/data")
			e.Setenv("GOLDEN", dir)
			open, fault := os.MkdirTemp("", "op") // short, for a socket, and where every user comes
			e.Setenv("OPEN", open)
			e.Defer(func() { os.RemoveAll(open) })
			return errors.Join(err, fault, os.Chmod(open, 0o755)) // #nosec G302 -- that is what it is for
		},
		Condition: func(c string) (bool, error) {
			switch c {
			case "race":
				return raced, nil
			case "root":
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("there is no condition %q", c)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "halt": halt, "get": get, "use": use, "capture": capture, "mode": mode, "damage": damage,
			"refer": refer, "as": as,
		},
	})
}

// running is the venue that a script has started.
type running struct {
	cmd *exec.Cmd
	log *os.File
}

// venues has the venue of each script that runs.
var venues struct {
	sync.Mutex
	of map[*testscript.TestScript]*running
}

func venueOf(ts *testscript.TestScript) *running {
	venues.Lock()
	defer venues.Unlock()
	return venues.of[ts]
}

// setVenue notes the script's venue, and gives the one before.
func setVenue(ts *testscript.TestScript, v *running) *running {
	venues.Lock()
	defer venues.Unlock()
	before := venues.of[ts]
	if venues.of == nil {
		venues.of = make(map[*testscript.TestScript]*running)
	}
	venues.of[ts] = v
	return before
}

// start runs a venue on the directory data, on a free port, until halt or the end of the script, and waits until it says that
// it is ready. It sets BASE_URL and PID. Its log is in venue.log, and what it told on standard output in ready.json.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || venueOf(ts) != nil {
		ts.Fatalf("start runs one venue at a time, and only one that starts; use ! exec for others")
	}
	log, err := os.OpenFile(ts.MkAbs("venue.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	cmd := exec.Command("portcullis", append([]string{"run", "--json", "--data", "data", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), log
	cmd.Env = append(os.Environ(), "PORTCULLIS_MASTER_KEY="+ts.Getenv("PORTCULLIS_MASTER_KEY"))
	if ts.Getenv("PORTCULLIS_MASTER_KEY") == "" {
		cmd.Env = os.Environ()
	}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	v := &running{cmd: cmd, log: log}
	setVenue(ts, v)
	ts.Defer(func() {
		if setVenue(ts, nil) == v {
			v.cmd.Process.Kill()
			v.cmd.Wait()
		}
		log.Close()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		ts.Fatalf("the venue did not start: %v\n%s", err, ts.ReadFile("venue.log"))
	}
	ts.Check(os.WriteFile(ts.MkAbs("ready.json"), line, 0o600))
	var ready readyLine
	ts.Check(json.Unmarshal(line, &ready))
	ts.Setenv("BASE_URL", ready.BaseURL)
	ts.Setenv("LISTEN", strings.TrimPrefix(ready.BaseURL, "http://"))
	ts.Setenv("PID", strconv.Itoa(ready.PID))
}

// halt ends the venue by a signal, TERM where none is named, and wants it to end well; KILL is a crash.
func halt(ts *testscript.TestScript, neg bool, args []string) {
	v := setVenue(ts, nil)
	if neg || v == nil {
		ts.Fatalf("no venue is running")
	}
	sig := syscall.SIGTERM
	if len(args) > 0 {
		sig = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}[args[0]]
	}
	ts.Check(v.cmd.Process.Signal(sig))
	err := v.cmd.Wait()
	if sig == syscall.SIGKILL {
		return
	}
	if err != nil {
		ts.Fatalf("the venue ended badly: %v\n%s", err, ts.ReadFile("venue.log"))
	}
}

// get STATUS PATH [HEADER...] asks the venue over HTTP and wants that status. The body is standard output.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: get status path [header...]")
	}
	r, err := http.NewRequest(http.MethodGet, ts.Getenv("BASE_URL")+args[1], nil)
	ts.Check(err)
	for _, h := range args[2:] {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s", body)
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("%s: %s, want %s\n%s", args[1], resp.Status, args[0], body)
	}
}

// use TOLD KEY... names API keys to the venue, one after the other, and waits until so many uses of deleted keys are on record.
func use(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: use told key...")
	}
	for _, key := range args[1:] {
		r, err := http.NewRequest(http.MethodPost, ts.Getenv("BASE_URL")+"/api/v3/userDataStream", nil)
		ts.Check(err)
		r.Header.Set("X-MBX-APIKEY", key)
		resp, err := http.DefaultClient.Do(r)
		ts.Check(err)
		resp.Body.Close()
	}
	told := fmt.Sprintf("portcullis_venue_sightings_total{kind=\"alarm\",outcome=\"told\"} %s\n", args[0])
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); {
		resp, err := http.Get(ts.Getenv("BASE_URL") + "/metrics")
		ts.Check(err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		ts.Check(err)
		if strings.Contains(string(body), told) {
			return
		}
	}
	ts.Fatalf("there never were %s uses of deleted keys", args[0])
}

// refer FILE SYMBOL PRICE REGEXP writes a price as of now into a file, again and again, until market marks shows what the
// regular expression matches.
func refer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: refer file symbol price regexp")
	}
	want, shown := regexp.MustCompile(args[3]), ""
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); {
		line := args[1] + "," + args[2] + "," + time.Now().UTC().Format(time.RFC3339Nano) + "\n"
		ts.Check(os.WriteFile(ts.MkAbs("prices.new"), []byte(line), 0o600))
		ts.Check(os.Rename(ts.MkAbs("prices.new"), ts.MkAbs(args[0])))
		ts.Check(ts.Exec("portcullis", "market", "marks", "--data", "data"))
		if shown = ts.ReadFile("stdout"); want.MatchString(shown) {
			return
		}
	}
	ts.Fatalf("no reference came: %s", shown)
}

// as USER ARGS... runs portcullis as another user of the machine, in the folder $OPEN, which he reaches.
func as(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: as user args...")
	}
	user, err := strconv.ParseUint(args[0], 10, 32)
	ts.Check(err)
	program := filepath.Join(ts.Getenv("OPEN"), "portcullis") // the other one lies where he does not come
	if _, err := os.Stat(program); err != nil {
		self, err := os.Executable()
		ts.Check(err)
		whole, err := os.ReadFile(self)
		ts.Check(err)
		ts.Check(os.WriteFile(program, whole, 0o755)) // #nosec G306 -- a program that others run
	}
	cmd := exec.Command(program, args[1:]...) // #nosec G204 -- this program
	cmd.Args[0], cmd.Dir = "portcullis", ts.Getenv("OPEN")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}}
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if err := cmd.Run(); (err != nil) != neg {
		ts.Fatalf("as %s: %v", strings.Join(args, " "), err)
	}
}

// capture NAME REGEXP [FILE] sets a variable to what the first group finds in the last command's output, or in a file.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: capture name regexp [file]")
	}
	file := "stdout"
	if len(args) > 2 {
		file = args[2]
	}
	text := ts.ReadFile(file)
	m := regexp.MustCompile("(?s)" + args[1]).FindStringSubmatch(text)
	if len(m) < 2 {
		ts.Fatalf("%s is not in %q", args[1], text)
	}
	ts.Setenv(args[0], m[1])
}

// mode FILE BITS wants a file to have these permissions.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); neg || got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// damage FILE OFFSET changes one byte.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	at, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	defer f.Close()
	var b [1]byte
	_, err = f.ReadAt(b[:], at)
	ts.Check(err)
	b[0] ^= 0x40
	_, err = f.WriteAt(b[:], at)
	ts.Check(err)
}
