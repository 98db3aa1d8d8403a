package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"vigie/internal/breach"
)

// code is the service's word for an error, such as SlowDown; empty if there is
// none.
func code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	if name := api.ErrorCode(); codeShape.MatchString(name) {
		return name
	}
	return "unnamed"
}

// codeShape keeps what a service says from saying anything.
var codeShape = regexp.MustCompile(`^[A-Za-z0-9]{1,60}$`)

func status(err error) int {
	var resp *awshttp.ResponseError
	if errors.As(err, &resp) {
		return resp.HTTPStatusCode()
	}
	return 0
}

// taken tells whether a conditional write found the key in use. A 409 is told
// to whoever loses to a writer that is not done: it is not there yet.
func taken(err error) bool {
	return status(err) == http.StatusPreconditionFailed || code(err) == "PreconditionFailed"
}

// wrap gives an error its kind. What the client says of addresses, request
// numbers and headers is left out: code and status are enough.
func (s *S3) wrap(doing, key string, err error) error {
	if err == nil {
		return nil
	}
	name, number := code(err), status(err)
	kind := breach.ErrTemporary
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s %s: interrupted: %w: %w", doing, key, breach.ErrTemporary, ended(err))
	case errors.Is(err, io.ErrUnexpectedEOF) && number == 0:
		return fmt.Errorf("%s %s: cut short: %w", doing, key, breach.ErrTemporary)
	case number == http.StatusNotFound:
		kind = breach.ErrNotFound
	case number == http.StatusForbidden, number == http.StatusUnauthorized:
		kind = breach.ErrForbidden
	case number == http.StatusRequestTimeout, number == http.StatusConflict, number == http.StatusTooManyRequests:
	case number >= 300 && number < 500:
		kind = breach.ErrInvalid
	}
	if number == 0 {
		return fmt.Errorf("%s %s: the service was not reached: %w", doing, key, kind)
	}
	return fmt.Errorf("%s %s: the service answered %d %s: %w", doing, key, number, name, kind)
}

// ended is the plain reason why a request was given up.
func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}
