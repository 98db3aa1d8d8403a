// Package report
package report
