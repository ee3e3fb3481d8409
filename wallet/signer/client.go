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
	"syscall"
	"time"

	"portcullis/core/instruction"
)

// patience is how long a Client waits where its caller does not say. The signer may first read what the record has new.
const patience = time.Minute

// Client asks a signer in a process of its own. It may be used from several goroutines.
type Client struct{ path string }

// NewClient is a client of the socket at path. It connects for each request.
func NewClient(path string) *Client { return &Client{path} }

// Sign is Signer.Sign of the other process. An error that is no *Refused leaves open whether it signed: ask again. What it gave is to
// be held against the plan (coin.Check) as anything that comes from outside.
func (c *Client) Sign(ctx context.Context, asset instruction.Asset, spend instruction.SpendID, seq uint64) ([]byte, instruction.TxID, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	line, err := c.ask(ctx, request{Asset: asset, Spend: spend, Seq: seq})
	if err != nil {
		return nil, instruction.TxID{}, c.explain(errors.Join(err, ctx.Err()))
	}
	return parseReply(line)
}

func (c *Client) ask(ctx context.Context, q request) ([]byte, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.path)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	b, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	// What the signer has to say it may have said before it read anything, so that a failed write is no answer yet.
	_, failed := conn.Write(append(b, '\n'))
	line, err := bufio.NewReader(io.LimitReader(conn, maxReply)).ReadBytes('\n')
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	return line, nil
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
