// Package console is the watch team's web app: alerts, incidents with their
// clocks, clerical review, each controller's case, the danger lane.
//
// Pages are html/template; htmx only refreshes what is on the screen and a
// small script adds keys to the review, so everything works without
// JavaScript. Every form is a POST answered by a redirect (303): what came of
// it is in the query of the address, done=CODE or err=CODE, with a fixed text
// per code, so that no link can put words on a page. The one exception is
// the reveal of a value, which answers with the page itself. Reading routes.go
// is reading the site map with who may go where.
//
// # For programs
//
// The forms below may be driven by HTTP alone; field names, IDs and data-
// attributes are kept stable. A logged-in request without a right answers 403,
// one without a session goes to /login.
//
//	POST /login                      user, password, code              -> /
//	GET  /                           [data-alert], [data-incident][data-stage][data-open],
//	                                 .clock[data-controller][data-decision][data-deadline]
//	GET  /alerts?state=new           tr[data-alert][data-state]
//	GET  /alerts/ID                  #alert[data-state][data-incident]; form#confirm input[name=link]
//	POST /alerts/ID/confirm          link (one of the post's), purpose, legal_basis, registry (any number)
//	                                 -> /incidents/ID
//	POST /alerts/ID/dismiss          reason
//	GET  /incidents/ID               #live[data-stage][data-open][data-review-closed], #counts [data-count][data-n],
//	                                 tr[data-channel][data-state][data-n]
//	GET  /incidents/ID/contents      #contents[data-dump][data-read]; tr[data-category], tr[data-unread][data-n],
//	                                 tr[data-owner], tr[data-seen], tr[data-doubt], tr[data-meaning]
//	POST /incidents/ID/resume        (nothing): starts the workflow again
//	POST /incidents/ID/statement     summary_fr, summary_en, measure (one or more codes)
//	GET  /incidents/ID/review        ?candidate=ID&after=ID; #review[data-open][data-closed][data-candidate];
//	                                 #pair[data-candidate][data-version][data-probability][data-weight];
//	                                 #fields tr[data-field][data-level][data-weight];
//	                                 #context [data-field=namesakes|rival][data-level]
//	POST /incidents/ID/review/CAND   version, decision=link|reject, reason?, after?, next?
//	POST .../review/CAND/reveal      field, side=row|person, reason    -> 200, #shown strong
//	POST .../review/undo             candidate
//	POST .../review/close            (nothing), when #review[data-open] is 0
//	GET  .../controllers/C           #case[data-plan][data-decision][data-next][data-why]; data-next is the
//	                                 signature this account may give: request, team, controller or none
//	POST .../controllers/C/aware     aware_at (2006-01-02T15:04, Paris), reason
//	POST .../controllers/C/decision  decision=tell|refuse, reason, exemption (34(1), 34(3)(a) to (c); to refuse)
//	POST .../controllers/C/approve   hash (as data-plan), password
//	POST .../controllers/C/notified  at (Paris), reference
//	GET  .../controllers/C/institution  #institution[data-version][data-briefed]; tr[data-paper]; [data-followup][data-answered]
//	POST .../institution/delivered   kind, version, at (Paris), how; no campaign starts without kind=intranet
//	POST .../institution/key         recipient (age1...), how
//	POST .../institution/people      reason -> 200, the list sealed for that key
//	POST .../institution/followup    months, measures, score (0 to 100), next, new_facts=yes?
//	GET  .../controllers/C/authority #authority[data-type][data-sent][data-unknown]
//	POST .../authority/answers       the form's fields, reason; POST .../authority/severity: factors, reason
//	GET  /incidents/ID/lane          #lane[data-open]; li[data-message]
//	POST .../lane/MESSAGE            note
//
// # What is shown of people
//
// Values are masked (mask.go); where two values differ by a slip, the
// differing characters alone are shown (diff.go). Opening a pair and revealing
// a value are audit events written before anything is shown. Posts of leak
// sites are plain text with e-mail addresses and long numbers masked. Logs and
// error pages hold routes, IDs and kinds.
package console
