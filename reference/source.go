package reference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"portcullis/internal/outward"
)

// Patience is how long a source gets to answer, from the first word to the last.
const Patience = 5 * time.Second

// Source is where prices are read.
type Source struct {
	name string // of the file, or of the host
	read func(context.Context) ([]byte, error)
}

// String names the source, without what may be secret in its address.
func (s Source) String() string { return s.name }

// NewSource takes the path of a file, or an address: https, or http to this machine itself.
func NewSource(text string) (Source, error) {
	switch {
	case text == "":
		return Source{}, errors.New("reference: name a file, or an address that begins with https://")
	case !strings.Contains(text, "://"):
		return Source{text, func(context.Context) ([]byte, error) { return readFile(text) }}, nil
	}
	u, err := outward.Address(text, "prices come")
	if err != nil {
		return Source{}, fmt.Errorf("reference: %w", err)
	}
	c := outward.Client(u)
	return Source{u.Scheme + "://" + u.Host, func(ctx context.Context) ([]byte, error) { return get(ctx, c, u) }}, nil
}

// readFile reads a file whole. It opens nothing that it would have to wait for: a pipe has no price as of now.
func readFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // #nosec G304 -- the operator names it
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("the file cannot be opened: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("that is no regular file")
	}
	return whole(f)
}

// whole reads all that there is, if it is not too much.
func whole(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(text) > MaxBytes {
		err = tooLong()
	}
	return text, err
}

// get asks an address once.
func get(ctx context.Context, c *http.Client, u *url.URL) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json, text/csv")
	r.Header.Set("User-Agent", "portcullis")
	resp, err := c.Do(r)
	if err != nil {
		return nil, without(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, fmt.Errorf("it answered %s: redirects are not followed; name the address that answers itself", resp.Status)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it answered %s", resp.Status)
	case resp.Header.Get("Content-Encoding") != "":
		return nil, fmt.Errorf("it answered in the encoding %q, which was not asked for", resp.Header.Get("Content-Encoding"))
	case resp.ContentLength > MaxBytes:
		return nil, tooLong()
	}
	text, err := whole(resp.Body)
	return text, without(err)
}

// without takes the address off an error, which may have a secret in it, and says in words that it took too long.
func without(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		err = e.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("it did not answer within %v", Patience)
	}
	return err
}
