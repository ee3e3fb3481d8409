package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"portcullis/internal/secret"

	"golang.org/x/term"
)

// passphraseFlags say where a passphrase comes from: a terminal where neither is given.
type passphraseFlags struct {
	PassphraseFile string `placeholder:"FILE" help:"File with the passphrase, which only its owner may read; else it is asked for at the terminal."`
	PassphraseEnv  string `placeholder:"NAME" help:"Environment variable with the passphrase."`
}

// maxPassphrase bounds a passphrase, in bytes.
const maxPassphrase = 1024

// passphrase is the passphrase. A new one is asked for twice.
func (f *passphraseFlags) passphrase(ctx context.Context, o *output, fresh bool) (secret.Bytes, error) {
	switch {
	case f.PassphraseFile != "" && f.PassphraseEnv != "":
		return secret.Bytes{}, fmt.Errorf("%w: name one of --passphrase-file and --passphrase-env", errUsage)
	case f.PassphraseFile != "":
		return readPassphrase(f.PassphraseFile)
	case f.PassphraseEnv != "":
		text, ok := os.LookupEnv(f.PassphraseEnv)
		if !ok || text == "" {
			return secret.Bytes{}, fmt.Errorf("the environment has no %s, or an empty one", f.PassphraseEnv)
		}
		return secret.New([]byte(text)), os.Unsetenv(f.PassphraseEnv)
	}
	words := "Passphrase of the seed: "
	if fresh {
		words = "New passphrase for the seed: "
	}
	one, err := prompt(ctx, o, words)
	if err != nil || !fresh {
		return one, err
	}
	two, err := prompt(ctx, o, "The same again: ")
	if err == nil && !bytes.Equal(one.Reveal(), two.Reveal()) {
		err = errors.New("these were two passphrases; nothing was written")
	}
	return one, err
}

// readPassphrase reads a file, less the end of its line.
func readPassphrase(path string) (secret.Bytes, error) {
	f, err := os.Open(path) // #nosec G304 -- a file that the operator named
	if err != nil {
		return secret.Bytes{}, fmt.Errorf("the passphrase: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return secret.Bytes{}, fmt.Errorf("the passphrase: %w", err)
	}
	if info.Mode().Perm()&0o037 != 0 { // a group's right to read stands for that of users who are named one by one
		return secret.Bytes{}, fmt.Errorf("others may read the passphrase %s (mode %#o): run chmod 600 on it", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPassphrase+1))
	text = bytes.TrimRight(text, "\r\n")
	switch {
	case err != nil:
	case len(text) > maxPassphrase:
		err = errors.New("too long")
	case len(text) == 0:
		err = errors.New("empty")
	}
	if err != nil {
		return secret.Bytes{}, fmt.Errorf("the passphrase %s: %w", path, err)
	}
	return secret.New(text), nil
}

// prompt asks at the terminal, without showing what is typed.
func prompt(ctx context.Context, o *output, words string) (secret.Bytes, error) {
	fd := int(os.Stdin.Fd()) // #nosec G115 -- a small number
	before, err := term.GetState(fd)
	if err != nil {
		return secret.Bytes{}, errors.New("there is no terminal to ask for the passphrase at: name --passphrase-file or --passphrase-env")
	}
	fmt.Fprint(o.err, words)
	type typed struct {
		text []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- typed{text, err}
	}()
	select {
	case t := <-done:
		fmt.Fprintln(o.err)
		return secret.New(t.text), t.err
	case <-ctx.Done(): // the terminal shows what is typed again
		fmt.Fprintln(o.err)
		return secret.Bytes{}, errors.Join(context.Cause(ctx), term.Restore(fd, before))
	}
}
