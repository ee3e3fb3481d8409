package signer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"portcullis/core/instruction"
)

// patience is how long a Client waits where its caller does not say. The signer may first read what the record has new.
const patience = time.Minute

// A Client keeps so many connections that nobody uses, and each no longer than this: a signer gives them up a while later.
const (
	maxKept = 16
	keptFor = idle / 3
)

// Client asks a signer in a process of its own. It may be used from several goroutines.
type Client struct {
	path string

	mu   sync.Mutex
	kept []*line // the one used last is the last
}

// line is a connection to a signer.
type line struct {
	net.Conn
	in   io.LimitedReader // of the connection
	buf  *bufio.Reader    // of in
	used time.Time
}

// NewClient is a client of the socket at path. It connects when it is asked.
func NewClient(path string) *Client { return &Client{path: path} }

// Sign is Signer.Sign of the other process. An error that is no *Refused leaves open whether it signed: ask again. What it gave is to
// be held against the plan (coin.Check) as anything that comes from outside.
func (c *Client) Sign(ctx context.Context, asset instruction.Asset, spend instruction.SpendID, seq uint64) ([]byte, instruction.TxID, error) {
	line, err := c.askFor(ctx, request{Asset: asset, Spend: spend, Seq: seq})
	if err != nil {
		return nil, instruction.TxID{}, err
	}
	return parseReply(line)
}

// Limits is Signer.Limits of the other process.
func (c *Client) Limits(ctx context.Context, asset instruction.Asset) (Limits, error) {
	line, err := c.askFor(ctx, request{Asset: asset, Limits: true})
	if err != nil {
		return Limits{}, err
	}
	return parseLimits(line)
}

func (c *Client) askFor(ctx context.Context, q request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	line, err := c.ask(ctx, q)
	if err != nil {
		err = c.explain(errors.Join(err, ctx.Err()))
	}
	return line, err
}

// ask asks over a connection that is there, and where that gives no answer, as one to a signer that was started anew does, over a new
// one: asking twice does no harm.
func (c *Client) ask(ctx context.Context, q request) ([]byte, error) {
	b, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	b = append(b, '\n')
	if l := c.take(); l != nil {
		if answer, err := c.use(ctx, l, b); err == nil || ctx.Err() != nil {
			return answer, err
		}
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.path)
	if err != nil {
		return nil, err
	}
	l := &line{Conn: conn, in: io.LimitedReader{R: conn}}
	l.buf = bufio.NewReader(&l.in)
	return c.use(ctx, l, b)
}

// use asks over a connection, and keeps it where all went well.
func (c *Client) use(ctx context.Context, l *line, request []byte) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { l.SetDeadline(time.Unix(1, 0)) })
	// What the signer has to say it may have said before it read anything, so that a failed write is no answer yet.
	_, failed := l.Write(request)
	l.in.N = maxReply
	answer, err := l.buf.ReadBytes('\n')
	if intact := stop(); err != nil || failed != nil || !intact || l.buf.Buffered() > 0 {
		l.Close()
	} else {
		c.keep(l)
	}
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	return answer, nil
}

// take is a connection that nobody uses, or nil. Those that were kept too long are shut.
func (c *Client) take() (l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := 0
	for old < len(c.kept) && time.Since(c.kept[old].used) > keptFor {
		c.kept[old].Close()
		old++
	}
	c.kept = slices.Delete(c.kept, 0, old)
	if n := len(c.kept); n > 0 {
		l, c.kept = c.kept[n-1], c.kept[:n-1]
	}
	return l
}

func (c *Client) keep(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) == maxKept {
		l.Close()
		return
	}
	l.used = time.Now()
	c.kept = append(c.kept, l)
}

// explain says what to do where there was no answer.
func (c *Client) explain(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no signer answers at %s: start it with portcullis signer run, or name its socket: %w", c.path, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user may not use the signer's socket %s: name him to the signer (signer run --user): %w", c.path, err)
	}
	return fmt.Errorf("the signer at %s gave no answer: %w", c.path, err)
}
