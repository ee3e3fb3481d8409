//go:build !linux

package journal

// Datasync is a full sync where there is no lighter one that is safe.
func (f diskFile) Datasync() error { return f.Sync() }
