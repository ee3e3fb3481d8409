// Package assembly has what cannot be read here.
package assembly
