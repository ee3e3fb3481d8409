package signer

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/internal/strict"
	"portcullis/wallet/coin"
)

// What goes over the socket: a request is one JSON object on a line, and so is what answers it. One connection has one request at a
// time.
const (
	maxRequest = 256                            // bytes, with the end of the line
	maxReply   = 2*instruction.MaxRaw + 16*1024 // bytes: a transaction in hexadecimal digits, or a reason
)

// request asks for the transaction of a spend, or for the limits of an asset.
type request struct {
	Asset  instruction.Asset   `json:"asset"`
	Spend  instruction.SpendID `json:"spend,omitempty"`
	Seq    uint64              `json:"seq,omitempty"` // a record that has the plan; 0 for all that is there
	Limits bool                `json:"limits,omitempty"`
}

// reply is one of four: a transaction, limits, a refusal, or why there is none of these now.
type reply struct {
	Tx      string  `json:"tx,omitempty"`
	Raw     string  `json:"raw,omitempty"` // hexadecimal digits
	Limits  *Limits `json:"limits,omitempty"`
	Refused string  `json:"refused,omitempty"`
	Failed  string  `json:"failed,omitempty"`
}

// readRequest reads the next request; the reader has maxRequest bytes of room. The error says what is wrong with what came.
func readRequest(r *bufio.Reader) (q request, err error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return q, refuse("a request has at most %d bytes", maxRequest)
	case err != nil:
		return q, err
	}
	if err := strict.Decode(line, &q); err != nil {
		return q, refuse("a request is {\"asset\":1,\"spend\":1,\"seq\":1} or {\"asset\":1,\"limits\":true} on a line: %v", err)
	}
	if q.Asset == 0 || (q.Spend == 0) != q.Limits {
		return q, refuse("a request names an asset, and a spend or limits; the first two are numbers from 1")
	}
	return q, nil
}

// signature is the reply with a transaction.
func signature(raw []byte, id instruction.TxID) reply {
	return reply{Tx: id.String(), Raw: hex.EncodeToString(raw)}
}

// answer is a reply, unless there is an error.
func answer(r reply, err error) reply {
	var no *Refused
	switch {
	case errors.As(err, &no):
		return reply{Refused: no.Reason}
	case err != nil:
		return reply{Failed: err.Error()}
	}
	return r
}

// encode is a reply as it goes over the socket.
func (r reply) encode() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // it has text alone
	}
	return append(b, '\n')
}

// parse is the reply of a line; the error is what the other process had.
func parse(line []byte) (reply, error) {
	r, ok := quick(line)
	if !ok {
		if err := strict.Decode(line, &r); err != nil {
			return r, fmt.Errorf("signer: its answer cannot be read: %w", err)
		}
	}
	switch {
	case r.Refused != "":
		return r, &Refused{r.Refused}
	case r.Failed != "":
		return r, fmt.Errorf("signer: %s", r.Failed)
	}
	return r, nil
}

// parseLimits is what Limits of the other process gave.
func parseLimits(line []byte) (x Limits, err error) {
	r, err := parse(line)
	if err == nil && r.Limits == nil {
		err = errors.New("signer: its answer has no limits")
	}
	if err != nil {
		return x, err
	}
	return *r.Limits, nil
}

// parseReply is what Sign of the other process gave.
func parseReply(line []byte) (raw []byte, id instruction.TxID, err error) {
	r, err := parse(line)
	if err != nil {
		return nil, id, err
	}
	if raw, err = hex.DecodeString(r.Raw); err != nil {
		return nil, id, errors.New("signer: its answer has no transaction")
	}
	tx, err := coin.ParseTx(raw)
	if err != nil {
		return nil, id, fmt.Errorf("signer: its answer has no transaction: %w", err)
	}
	if tx.ID.String() != r.Tx {
		return nil, id, fmt.Errorf("signer: it calls %v a transaction that is %v", r.Tx, tx.ID)
	}
	return raw, tx.ID, nil
}

// quick reads a transaction in the form that encode gives it, of which a large one has thousands of digits. False says that the line is
// to be read by the rules.
func quick(line []byte) (r reply, ok bool) {
	text, begins := bytes.CutPrefix(line, []byte(`{"tx":"`))
	text, ends := bytes.CutSuffix(text, []byte("\"}\n"))
	tx, raw, parted := bytes.Cut(text, []byte(`","raw":"`))
	other := func(c byte) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'f') }
	if !begins || !ends || !parted || slices.ContainsFunc(tx, other) || slices.ContainsFunc(raw, other) {
		return r, false
	}
	return reply{Tx: string(tx), Raw: string(raw)}, true
}
