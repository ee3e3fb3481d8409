package reference

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// source is one that must be possible.
func source(t *testing.T, text string) Source {
	t.Helper()
	s, err := NewSource(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSources(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "name a file",
		"http://example.com/x":     "anybody on the way could change them",
		"http://localhost/x":       "anybody on the way could change them", // a name, which somebody else resolves
		"ftp://example.com/x":      `not over "ftp"`,
		"https://u:p@example.com/": "a user, a password",
		"https:///x":               "that is no address",
		"https://exa mple.com":     "that is no address",
	} {
		if _, err := NewSource(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"https://example.com/prices?key=secret": "https://example.com", "http://127.0.0.1:1/x": "http://127.0.0.1:1", "http://[::1]:1/x": "http://[::1]:1", "a/b.csv": "a/b.csv",
	} {
		if s := source(t, text); s.String() != want {
			t.Errorf("%q is told as %q", text, s)
		}
	}
}

// TestAddresses: whatever an address does, reading it ends, with little in memory, and says why without the address.
func TestAddresses(t *testing.T) {
	const good = "BTCUSDT,1,1772366400000\n"
	var led atomic.Int32
	released := make(chan struct{})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(make([]byte, 10<<20))
	z.Close()
	mux := http.NewServeMux()
	for path, h := range map[string]http.HandlerFunc{
		"/good": func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(good)) },
		"/hang": func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-released:
			}
		},
		"/drip": func(w http.ResponseWriter, r *http.Request) { // the headers come, and then nothing
			w.Write([]byte("BTC"))
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
			case <-released:
			}
		},
		"/much": func(w http.ResponseWriter, r *http.Request) {
			for range 10 {
				w.Write(bytes.Repeat([]byte(good), 1<<20/len(good)))
			}
		},
		"/says-much": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000000")
			w.Write([]byte(good))
		},
		"/headers": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2*(16<<10)))
			w.Write([]byte(good))
		},
		"/away":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/led", http.StatusFound) },
		"/led":    func(w http.ResponseWriter, r *http.Request) { led.Add(1); w.Write([]byte(good)) },
		"/broken": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"/none":   func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"/packed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed.Bytes())
		},
	} {
		mux.HandleFunc(path, h)
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(released)
	for path, want := range map[string]string{
		"/good": "", "/hang": "did not answer within 5s", "/drip": "did not answer within 5s", "/much": "longer than 1048576 bytes",
		"/says-much": "longer than 1048576 bytes", "/headers": "headers", "/away": "redirects are not followed", "/broken": "502 Bad Gateway",
		"/none": "204 No Content", "/packed": `in the encoding "gzip"`,
	} {
		ctx, cancel := context.Background(), func() {}
		if path == "/hang" || path == "/drip" { // whose patience ends is no matter
			ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
		}
		text, err := source(t, server.URL+path+"?key=secret").read(ctx)
		cancel()
		switch {
		case want == "" && (err != nil || string(text) != good):
			t.Errorf("%s: %q, %v", path, text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v, want %s", path, err, want)
		}
		if len(text) > MaxBytes+1 {
			t.Errorf("%s: %d bytes were read", path, len(text))
		}
	}
	if led.Load() != 0 {
		t.Error("a redirect was followed")
	}
	server.Close()
	if _, err := source(t, server.URL+"/x?key=secret").read(context.Background()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody listens: %v", err)
	}
}

// TestFiles: what is no file, or too large a one, is not waited for.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"good": "x", "large": strings.Repeat("x", MaxBytes+1)} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(path("good"), path("link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"good": "", "link": "", "large": "longer than 1048576 bytes", "pipe": "no regular file", ".": "no regular file", "none": "cannot be opened",
	} {
		text, err := source(t, path(name)).read(context.Background())
		if want == "" && (err != nil || string(text) != "x") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %d bytes, %v; want %s", name, len(text), err, want)
		}
	}
}
