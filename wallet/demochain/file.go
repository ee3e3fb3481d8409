package demochain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// A file has a title, the hash of the chain's first block, and every block in the order in which they were made: its
// length and checksum (CRC-32C), 4 bytes each, the lowest first, and its bytes. A block that does not hang on the one before
// it takes off the best chain what lies above the one that it does hang on: that was a reorg. A killed process loses
// nothing but its mempool; a power cut may lose the last blocks.

const (
	title     = "portcullis demo chain 1\n"
	frameHead = 8
	maxFrame  = wire.MaxBlockPayload
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// file is where a chain is kept. The chain's lock guards it.
type file struct {
	f    *os.File
	size int64
}

// open reads a file from its start, gives each block to take, and cuts off what a killed process left unfinished. Damage
// anywhere else is an error.
func open(name string, first instruction.BlockHash, take func(raw []byte) error) (*file, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- the file that the operator named
	if err != nil {
		return nil, err
	}
	l := &file{f: f}
	if err := l.read(append([]byte(title), first[:]...), take); err != nil {
		return l, fmt.Errorf("%s: %w; move it away to begin a new demo chain", name, err)
	}
	return l, nil
}

func (l *file) read(head []byte, take func(raw []byte) error) error {
	all, err := io.ReadAll(l.f)
	if err != nil {
		return err
	}
	if len(all) < len(head) && bytes.HasPrefix(head, all) { // new, or killed while it was
		_, err := l.f.WriteAt(head, 0)
		l.size = int64(len(head))
		return err
	}
	if !bytes.HasPrefix(all, head) {
		return errors.New("not a demo chain of this network, or of a newer version of this program")
	}
	l.size = int64(len(head))
	for rest := all[len(head):]; len(rest) > 0; {
		raw, whole, err := frame(rest)
		if err == nil && whole {
			err = take(raw)
		}
		if err != nil {
			return fmt.Errorf("at byte %d: %w", l.size, err)
		}
		if !whole {
			break
		}
		rest = rest[frameHead+len(raw):]
		l.size += int64(frameHead + len(raw))
	}
	return l.f.Truncate(l.size)
}

// frame reads the first block of some bytes; whole is false where they end before it does.
func frame(b []byte) (raw []byte, whole bool, err error) {
	if len(b) < frameHead {
		return nil, false, nil
	}
	size, sum := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if size == 0 || size > maxFrame {
		return nil, false, fmt.Errorf("a block of %d bytes", size)
	}
	if b = b[frameHead:]; uint64(len(b)) < uint64(size) {
		return nil, false, nil
	}
	if crc32.Checksum(b[:size], castagnoli) != sum {
		return nil, false, errors.New("a block with a wrong checksum")
	}
	return b[:size], true, nil
}

// write adds a block. After an error the file is as it was, as far as the disk lets it.
func (l *file) write(raw []byte) error {
	if l == nil {
		return nil
	}
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(raw))) // #nosec G115 -- blocks have room for less
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(raw, castagnoli))
	if _, err := l.f.WriteAt(append(head, raw...), l.size); err != nil {
		return errors.Join(err, l.f.Truncate(l.size))
	}
	l.size += int64(frameHead + len(raw))
	return nil
}

func (l *file) close() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}

// connect takes a block from the file. Its signatures were checked before it was written.
func (c *Chain) connect(raw []byte) error {
	read, err := c.network.ParseBlock(raw)
	if err != nil {
		return err
	}
	parent := c.blocks[read.Prev]
	if parent == nil || parent.height > c.height() || c.best[parent.height] != parent {
		return fmt.Errorf("block %v hangs on %v, which is not of the best chain", read.Hash, read.Prev)
	}
	for c.tip() != parent {
		c.retract()
	}
	var whole wire.MsgBlock
	places, err := whole.DeserializeTxLoc(bytes.NewBuffer(raw))
	if err != nil {
		return err
	}
	part := func(p wire.TxLoc) []byte { return raw[p.TxStart : p.TxStart+p.TxLen] }
	reward := &transaction{id: read.Txs[0].ID, raw: part(places[0]), outs: read.Txs[0].Outs}
	b := &block{hash: read.Hash, prev: read.Prev, height: parent.height + 1, time: whole.Header.Timestamp.UTC(), raw: raw,
		txs: []*transaction{reward}, spent: [][]unspent{nil}}
	fees := int64(0)
	for _, p := range places[1:] {
		t, err := parse(part(p))
		if err != nil {
			return err
		}
		t.proved = true
		spent, err := c.spend(t, b.height, blockSize)
		if err != nil {
			return fmt.Errorf("block %v: %w", b.hash, err)
		}
		fees += t.fee
		b.txs, b.spent = append(b.txs, t), append(b.spent, spent)
	}
	if got, want := worth(reward.outs), c.brings(b.height)+fees; got != want {
		return fmt.Errorf("block %v brings %d, which should be %d", b.hash, got, want)
	}
	c.made++
	c.top(b)
	return nil
}

// brings is what the block at a height brings besides fees.
func (c *Chain) brings(height uint32) int64 {
	if height == 1 {
		return worth(c.treasury.endowment())
	}
	return Subsidy
}

func worth(outs []coin.Out) (sum int64) {
	for _, o := range outs {
		sum += o.Value
	}
	return sum
}
