package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"
)

// Client gives commands to a running venue. It may be used from any goroutine.
type Client struct {
	path string
	http *http.Client
}

// NewClient is a client of the socket at path. It connects when the first command is given.
func NewClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{path: path, http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// Close lets go of the connection.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Refused is a command that came to nothing: what the venue said.
type Refused struct{ Outcome }

// Error is the sentence and the code of the refusal.
func (r *Refused) Error() string { return r.Refusal.Error() }

// Call gives a command. The error is a *Refused when the venue refused it; otherwise the venue may or may not have
// carried it out, unless the error says that no venue is running.
func Call[Request, Reply any](ctx context.Context, c *Client, command Command[Request, Reply], in Request) (Reply, error) {
	var out Reply
	body, err := json.Marshal(in)
	if err != nil {
		return out, fmt.Errorf("operator: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://operator"+command.path, bytes.NewReader(body))
	if err != nil {
		return out, fmt.Errorf("operator: %w", err)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return out, c.explain(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return out, fmt.Errorf("operator: the venue's reply broke off, and whether the command was carried out is not known: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		no := new(Refused)
		if json.Unmarshal(text, &no.Outcome) != nil || no.Refusal == nil {
			return out, fmt.Errorf("operator: the venue answered %s", resp.Status)
		}
		return out, no
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("operator: the venue's reply cannot be read: %w", err)
	}
	return out, nil
}

// explain says what to do where there is no connection.
func (c *Client) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no venue is running on this data directory (socket %s): start it with portcullis run, or name its directory with --data", c.path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user may not use the operator's socket %s: run the command as the user who runs the venue, as root, or as one whom it was started with (run --operators), with --socket", c.path)
	}
	return fmt.Errorf("operator: %w", err)
}
