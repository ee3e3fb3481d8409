package operator

import (
	"crypto/rand"
	"encoding/hex"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/secret"
)

const (
	// canaryRef is the reference of the account that canaries are of.
	canaryRef = "canaries"
	// canaryLabel and a backup's id are the label of its canary.
	canaryLabel = "canary:backup:"
	// backupLook is how many keys are looked at before others may read too.
	backupLook = 50_000
)

// beginBackup plants the canary, and takes the snapshot that the backup begins with.
func (s *Server) beginBackup(c *caller, _ *Nothing) (BackupBegun, *problem) {
	r, bad := s.plantCanary(c)
	if bad == nil {
		r.Snapshot, bad = s.snapshot(c, nil)
	}
	if bad == nil {
		bad = s.read(func(st *core.State) { r.Gifts = st.Gifts() })
	}
	return r, bad
}

// plantCanary makes a decoy key that is known by a new backup's id.
func (s *Server) plantCanary(c *caller) (BackupBegun, *problem) {
	s.sealing.RLock()
	defer s.sealing.RUnlock()
	var id [8]byte
	rand.Read(id[:])
	r := BackupBegun{ID: hex.EncodeToString(id[:]), APIKey: Shown{secret.New(randomText())}, Secret: Shown{secret.New(randomText())}}
	account, bad := s.canaryAccount(c)
	if bad != nil {
		return BackupBegun{}, bad
	}
	name := instruction.KeyIDOf(string(r.APIKey.Reveal()))
	sealed, err := s.cfg.Master.Seal(r.Secret.Bytes, name[:])
	if err != nil {
		return BackupBegun{}, s.failed(err)
	}
	r.Outcome, bad = s.do(c, &instruction.CreateKey{
		Account: account, ID: name, Scheme: instruction.HMAC, Material: sealed, Label: canaryLabel + r.ID, Canary: true,
		Mandate: instruction.Mandate{Rights: instruction.MayRead},
	}, func(e instruction.Event) {
		if e, ok := e.(*instruction.KeyCreated); ok {
			r.Key = uint32(e.ID)
		}
	})
	if bad != nil {
		return BackupBegun{}, bad
	}
	r.Account, r.Created = uint32(account), r.Time
	return r, nil
}

// canaryAccount is the account of the canaries, opened with the first of them.
func (s *Server) canaryAccount(c *caller) (a instruction.Account, bad *problem) {
	find := func(st *core.State) { a = st.AccountNamed(canaryRef) }
	if bad = s.read(find); bad != nil || a != 0 {
		return a, bad
	}
	_, refused := s.do(c, &instruction.OpenAccount{Ref: canaryRef}, nil)
	if bad = s.read(find); bad == nil && a == 0 { // else somebody else has opened it meanwhile
		bad = refused
	}
	return a, bad
}

// listBackups looks for the canaries of backups.
func (s *Server) listBackups(*caller, *Nothing) (Backups, *problem) {
	r := Backups{Backups: []Backup{}}
	for next, last := instruction.Credential(1), instruction.Credential(1); next <= last; {
		bad := s.read(func(st *core.State) {
			last = st.Keys()
			for until := min(last, next+backupLook); next <= until; next++ {
				k := st.Key(next)
				if id, ok := strings.CutPrefix(k.Label(), canaryLabel); ok && k.Canary {
					r.Backups = append(r.Backups, Backup{ID: id, Created: text(k.Created), Key: uint32(next), Name: k.ID.String(), Revoked: text(k.Revoked)})
				}
			}
		})
		if bad != nil {
			return r, bad
		}
	}
	return r, nil
}
