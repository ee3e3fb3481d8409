package operator

import (
	"errors"
	"fmt"
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/seal"
)

const (
	// resealAtOnce is how many secrets are sealed anew at once, so that they share the waits for the disk.
	resealAtOnce = 64
	// resealPage is how many keys are looked at before others may read too.
	resealPage = 10_000
)

func (s *Server) listMaster(*caller, *Nothing) (MasterKeys, *problem) { return s.masterKeys(0) }

// rotateMaster makes a new master key, and has every secret sealed under it. The file with both keys is durable before the
// first secret changes, so whatever breaks off in the middle, every secret opens; reseal goes on from there.
func (s *Server) rotateMaster(c *caller, in *Nothing) (MasterKeys, *problem) {
	s.sealing.Lock() // what was sealed before is on record by now, and will be found below
	err := s.cfg.Master.Rotate()
	s.sealing.Unlock()
	switch {
	case errors.Is(err, seal.ErrFixed):
		return MasterKeys{}, wrong("master-key-fixed", "%s", sentence(err))
	case err != nil:
		return MasterKeys{}, s.failed(err)
	}
	return s.resealMaster(c, in)
}

// resealMaster seals anew what is sealed under an older master key, until there is nothing left: keys may be made meanwhile.
func (s *Server) resealMaster(c *caller, _ *Nothing) (MasterKeys, *problem) {
	s.resealing.Lock()
	defer s.resealing.Unlock()
	for total := 0; ; {
		n, bad := s.resealAll(c)
		if total += n; bad != nil || n == 0 {
			if bad != nil {
				return MasterKeys{}, bad
			}
			return s.masterKeys(total)
		}
	}
}

// sealed is the secret of a living key.
type sealed struct {
	credential instruction.Credential
	name       instruction.KeyID
	material   []byte
}

// eachSealed shows the secrets of living keys, a page at a time.
func (s *Server) eachSealed(page func([]sealed) *problem) *problem {
	last := instruction.Credential(1)
	for next := last; next <= last; {
		var list []sealed
		bad := s.read(func(st *core.State) {
			last = st.Keys()
			for until := min(last, next+resealPage-1); next <= until; next++ {
				if k := st.Key(next); k.Scheme == instruction.HMAC && len(k.Material()) > 0 {
					list = append(list, sealed{next, k.ID, k.Material()})
				}
			}
		})
		if bad == nil {
			bad = page(list)
		}
		if bad != nil {
			return bad
		}
	}
	return nil
}

// resealAll goes through all keys once, and gives how many secrets it sealed anew.
func (s *Server) resealAll(c *caller) (int, *problem) {
	var mu sync.Mutex
	var n int
	var first *problem
	note := func(done bool, bad *problem) {
		mu.Lock()
		defer mu.Unlock()
		if done {
			n++
		}
		if first == nil {
			first = bad
		}
	}
	bad := s.eachSealed(func(list []sealed) *problem {
		turns := make(chan struct{}, resealAtOnce)
		var wg sync.WaitGroup
		for _, x := range list {
			if id, _ := seal.Under(x.material); id == s.cfg.Master.IDs()[0] {
				continue
			}
			turns <- struct{}{}
			wg.Go(func() {
				note(s.resealOne(c, x))
				<-turns
			})
		}
		wg.Wait()
		return first
	})
	return n, bad
}

// resealOne opens one secret and seals it anew. A key that was revoked meanwhile has none any more.
func (s *Server) resealOne(c *caller, x sealed) (bool, *problem) {
	plain, err := s.cfg.Master.Open(x.material, x.name[:])
	if err != nil {
		return false, s.failed(fmt.Errorf("the secret of key %d: %w", x.credential, err))
	}
	again, err := s.cfg.Master.Seal(plain, x.name[:])
	if err != nil {
		return false, s.failed(err)
	}
	_, bad := s.do(c, &instruction.ResealKey{Credential: x.credential, Material: again}, nil)
	if bad != nil && bad.outcome.Refusal.Code == instruction.AlreadyRevoked.String() {
		return false, nil
	}
	return bad == nil, bad
}

// masterKeys counts what is sealed under each key.
func (s *Server) masterKeys(resealed int) (MasterKeys, *problem) {
	counts := make(map[seal.ID]int)
	bad := s.eachSealed(func(list []sealed) *problem {
		for _, x := range list {
			id, _ := seal.Under(x.material)
			counts[id]++
		}
		return nil
	})
	r := MasterKeys{Resealed: resealed}
	for i, id := range s.cfg.Master.IDs() {
		r.Keys = append(r.Keys, MasterKey{ID: id.String(), Newest: i == 0, Secrets: counts[id]})
	}
	return r, bad
}

// forgetMaster takes a master key away that nothing living needs.
func (s *Server) forgetMaster(_ *caller, in *ForgetMaster) (MasterKeys, *problem) {
	s.resealing.Lock()
	defer s.resealing.Unlock()
	all, bad := s.masterKeys(0)
	if bad != nil {
		return all, bad
	}
	for i, k := range all.Keys {
		switch {
		case k.ID != in.ID:
			continue
		case k.Newest:
			return MasterKeys{}, wrong("master-key-in-use", "The master key %s is the newest one, and everything is sealed under it. Rotate first.", k.ID)
		case k.Secrets > 0:
			return MasterKeys{}, wrong("master-key-in-use", "%d secrets are still sealed under the master key %s. Have them sealed anew first: portcullis master reseal.", k.Secrets, k.ID)
		}
		err := s.cfg.Master.Forget(s.cfg.Master.IDs()[i])
		switch {
		case errors.Is(err, seal.ErrFixed):
			return MasterKeys{}, wrong("master-key-fixed", "The master keys come from %s: take it out there, and start the venue anew.", seal.EnvVar)
		case err != nil:
			return MasterKeys{}, s.failed(err)
		}
		return s.masterKeys(0)
	}
	return MasterKeys{}, wrong("unknown-master-key", "There is no master key of this name. List them with portcullis master list.")
}
