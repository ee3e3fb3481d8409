package journal_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"portcullis/journal"
)

// killDir, in the environment, makes this test binary a process that appends until it is killed.
const killDir = "JOURNAL_TEST_APPEND_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(killDir); path != "" {
		fmt.Println(appendForEver(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForEver prints the last sequence after each acknowledged append.
func appendForEver(path string) error {
	f, err := journal.Open(path, journal.Options{SegmentSize: testSegment})
	for err == nil {
		if err = f.Append(batchOf(f.Last()+1, int(f.Last()%9)+1)); err == nil {
			fmt.Println(f.Last())
		}
	}
	return err
}

// TestKilledProcess kills a process with SIGKILL in the middle of its appends, again and again: what it said was durable
// is there, and the lock went with it.
func TestKilledProcess(t *testing.T) {
	path := t.TempDir()
	last := uint64(0)
	for round := range 6 {
		told := killedAfter(t, path, 20+17*round)
		f, err := journal.Open(path, journal.Options{SegmentSize: testSegment})
		if err != nil {
			t.Fatal(err)
		}
		if told <= last || f.Last() < told {
			t.Fatalf("round %d: %d records were acknowledged after %d, the log has %d", round, told, last, f.Last())
		}
		verify(t, f, 1)
		last = f.Last()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killedAfter kills the process once it has told of so many appends, and gives the last sequence that it told.
func killedAfter(t *testing.T, path string, appends int) uint64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killDir+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := uint64(0)
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if told, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
			t.Errorf("the process failed: %s", lines.Text())
			break
		}
		if n == appends {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait() // killed, so it always has an error to tell
	return told
}
