// Package docs has the pages of the documentation that a venue serves as well. It owns their text and refuses nothing; what
// is told of the code in them is held against the code by tests of their own.
package docs

import _ "embed" // the pages

// Budget is what the loss budget bounds and what it does not, for customers; Markdown.
//
//go:embed BUDGET.md
var Budget string
