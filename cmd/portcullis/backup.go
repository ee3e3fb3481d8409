package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portcullis/internal/backup"
	"portcullis/operator"

	"filippo.io/age"
)

type backupCmd struct {
	Make   backupMakeCmd   `cmd:"" default:"withargs" help:"Write a backup of a running venue, encrypted to its recipients."`
	List   backupListCmd   `cmd:"" help:"List the backups that were made, by their canaries."`
	Keygen backupKeygenCmd `cmd:"" help:"Make an identity to restore backups with, and tell its recipient to make them for."`
}

type backupMakeCmd struct {
	File string   `arg:"" help:"File to write; it must not be there yet."`
	To   []string `required:"" placeholder:"RECIPIENT" help:"Whom it is for: an age recipient, such as age1…, or a file of them. Any one of several can restore it."`
	venueFlags
}

// made is what a backup tells of itself: to be noted where the backup is not.
type made struct {
	ID      string `json:"id"`
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	Created string `json:"created"`
	backup.Manifest
	Gifts int `json:"gift_codes"` // that are known, and need gift.key
}

// withoutPepper says what gift codes need that is in no backup, where there are some; on standard error, so that scripts' owners see it.
func (o *output) withoutPepper(codes int, what string) {
	if codes > 0 {
		o.say("portcullis: WARNING: %d gift codes are known, and gift.key is in no backup. Without it none of them can be claimed any more, and a venue that is restored does not start: %s", codes, what)
	}
}

func (c *backupMakeCmd) Run(ctx context.Context, o *output) error {
	if c.Socket != "" { // it would ask one venue, and read the data of perhaps another
		return fmt.Errorf("%w: a backup reads the data directory: leave out --socket, name --data, and run it as the user who runs the venue", errUsage)
	}
	to, err := recipients(c.To)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s is there already, and a backup never replaces anything: name another file", c.File)
	}
	r := made{File: c.File}
	r.Bytes, err = newFile(c.File, func(w io.Writer) error { return c.write(ctx, o, w, to, &r) })
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "backup %s is in %s\n", r.ID, r.File)
		row(w, "bytes", r.Bytes)
		row(w, "records", fmt.Sprintf("%d to %d", r.First, r.Last))
		row(w, "journal", r.Head)
		row(w, "state", fmt.Sprintf("%s at record %d", r.State, r.Snapshot))
		fmt.Fprintln(w, "Note these elsewhere; restore shows them again. The master key and gift.key are not in it: keep those apart.")
	})
	o.withoutPepper(r.Gifts, "keep a copy of "+filepath.Join(c.Data, "gift.key")+" where this backup is not.")
	return nil
}

// write writes the backup into a file that can be written: only then is the venue asked for a canary, which stays on record.
func (c *backupMakeCmd) write(ctx context.Context, o *output, w io.Writer, to []age.Recipient, r *made) error {
	begun, err := longCall(ctx, c.venueFlags, operator.BackupBegin, operator.Nothing{})
	if err != nil {
		return err
	}
	r.ID, r.Created, r.Gifts = begun.ID, begun.Created, begun.Gifts
	verified := progress{o: o, what: "bytes verified"}
	r.Manifest, err = backup.Write(ctx, w, to, backup.Source{
		Dir: c.Data, About: backup.About{Program: readVersion().Version, ID: begun.ID, Created: begun.Created},
		Decoy:    backup.Decoy{APIKey: begun.APIKey.Bytes, Secret: begun.Secret.Bytes, Account: begun.Account, Created: begun.Created},
		Progress: verified.at,
	})
	return err
}

// recipients reads recipients, or files of them.
func recipients(list []string) (all []age.Recipient, err error) {
	for _, text := range list {
		if strings.HasPrefix(text, "age1") {
			some, err := age.ParseRecipients(strings.NewReader(text))
			if err != nil {
				return nil, fmt.Errorf("%q is no recipient: one is age1 and 58 letters and digits, as portcullis backup keygen shows it", text)
			}
			all = append(all, some...)
			continue
		}
		f, err := os.Open(text) // #nosec G304 -- a file that the operator named
		if err != nil {
			return nil, fmt.Errorf("%q is neither a recipient (age1…) nor a file of them", text)
		}
		defer f.Close()
		some, err := age.ParseRecipients(f)
		if err != nil {
			return nil, fmt.Errorf("the recipients in %s: %w", text, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// newFile writes a file that is there whole or not at all, readable by its owner only, and gives its size.
func newFile(path string, write func(io.Writer) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".portcullis-*") // mode 0600
	if err != nil {
		return 0, fmt.Errorf("%s cannot be written: name a file in a directory that is there and yours (%w)", path, errors.Unwrap(err))
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return 0, err
	}
	if err := os.Link(f.Name(), path); err != nil { // unlike a rename it replaces nothing
		return 0, fmt.Errorf("the file cannot get its name: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	return info.Size(), errors.Join(dir.Sync(), dir.Close())
}

type backupListCmd struct{ venueFlags }

func (c *backupListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.BackupList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "BACKUP", "CREATED", "CANARY", "NAME", "REVOKED")
		for _, b := range r.Backups {
			row(w, b.ID, b.Created, fmt.Sprintf("key %d", b.Key), b.Name, orDash(b.Revoked))
		}
	})
	return nil
}

type backupKeygenCmd struct {
	File string `arg:"" help:"File to write the identity to; it must not be there yet. Keep it where the venue's machine is not."`
}

func (c *backupKeygenCmd) Run(o *output) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), id.Recipient(), id)
	_, err = newFile(c.File, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already, and an identity never replaces anything: name another file", c.File)
	}
	if err != nil {
		return err
	}
	out := struct {
		File      string `json:"file"`
		Recipient string `json:"recipient"`
	}{c.File, id.Recipient().String()}
	o.show(out, func(w io.Writer) {
		fmt.Fprintf(w, "recipient %s\n", out.Recipient)
		fmt.Fprintf(w, "The identity is in %s: whoever has it reads every backup made for this recipient.\n", c.File)
	})
	return nil
}

type restoreCmd struct {
	File     string `arg:"" help:"The backup."`
	Identity string `required:"" placeholder:"KEYFILE" help:"File of the age identity that belongs to one of its recipients."`
	Data     string `required:"" placeholder:"DIR" help:"Data directory to make; it must be new or empty."`
}

// maxIdentity bounds the file of an identity, in bytes.
const maxIdentity = 64 << 10

// Run makes a data directory of a backup, once everything in it was verified.
func (c *restoreCmd) Run(ctx context.Context, o *output) error {
	text, err := os.ReadFile(c.Identity)
	if err == nil && len(text) > maxIdentity {
		err = fmt.Errorf("%s is too long for a file of identities", c.Identity)
	}
	if err != nil {
		return fmt.Errorf("the identity: %w", err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("the identity %s cannot be read: its lines begin with AGE-SECRET-KEY-1", c.Identity)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("the backup: %w", err)
	}
	defer f.Close()
	r, err := backup.Restore(ctx, f, ids, c.Data)
	if err != nil {
		return err
	}
	m := r.Manifest
	o.show(struct {
		backup.About
		backup.Manifest
		Data  string `json:"data"`
		State string `json:"state_hash"`
		Gifts int    `json:"gift_codes"`
	}{r.About, m, c.Data, r.State, r.Gifts}, func(w io.Writer) {
		fmt.Fprintf(w, "backup %s of %s is restored into %s\n", r.About.ID, r.About.Created, c.Data)
		row(w, "records", fmt.Sprintf("%d to %d", m.First, m.Last))
		row(w, "journal", m.Head)
		row(w, "state", fmt.Sprintf("%s at record %d, as the backup says", m.State, m.Snapshot))
		if m.Last != m.Snapshot {
			row(w, "state", fmt.Sprintf("%s at record %d", r.State, m.Last))
		}
		fmt.Fprintln(w, "Every file, the journal's chain and the state were verified. Compare them with what was noted when the backup was")
		fmt.Fprintf(w, "made, put the master key of that time to %s, and gift.key beside it where gift codes were out, and start it.\n", filepath.Join(c.Data, "master.key"))
	})
	o.withoutPepper(r.Gifts, "put the venue's own to "+filepath.Join(c.Data, "gift.key")+".")
	return nil
}
