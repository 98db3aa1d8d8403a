package linkage

// NewPanelUpTo is NewPanel with another size from which members are asked on
// their own.
var NewPanelUpTo = newPanel
