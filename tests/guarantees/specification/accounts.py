"""What must have happened before an operation of an account can succeed: enrolment, tickets, devices."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from leaddesk.contract.ids import MemberId, member_urn
from leaddesk.contract.people import Role
from leaddesk.server.identity.authorization.steps import PASSWORD as BY_PASSWORD
from leaddesk.server.identity.authorization.steps import Arrival
from leaddesk.server.identity.firms.domains import OPERATOR, Domains
from leaddesk.server.identity.people import PersonRecord
from leaddesk.server.identity.proving.signing import TICKET_LIFE
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.identity.tokens.sessions import Sessions
from leaddesk.server.identity.tokens.tickets import Step, Tickets
from tests.guarantees.specification.callers import PASSWORD, VERIFIER, Callers
from tests.guarantees.specification.situations import FIRM_DOMAIN

Body = dict[str, Any]


class Accounts:
    """Prepares one case, by identity itself: codes of an app and tickets are nothing the interface tells."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._now = callers.demo.services.office.clock
        self._whose = callers.person.tenant_id, callers.person.member_id
        self._forgetful = PersonRecord(
            self._whose[0], MemberId(str(uuid.uuid4())), "Ole", f"{uuid.uuid4()}@x.example", Role.REP
        )
        self._identity.people.add_person(self._forgetful, PASSWORD)
        Domains(self._now, self._identity.people.books).prove(self._whose[0], FIRM_DOMAIN, OPERATOR)
        self._in_body: dict[str, Callable[[Body], None]] = {
            "POST /me/step-up": self._step_up,
            "POST /me/second-factor/confirm": self._confirm,
            "POST /oauth/challenge/second-factor": self._second_step,
            "PUT /me/password": self._password,
            "POST /password-resets": self._forgotten,
            "POST /password-resets/redeem": self._redeem,
            "POST /members/invitations": self._invite,
            "POST /registrations": self._register,
            "POST /account/forgotten": self._forgotten,
            "POST /account/password": self._redeem,
            "POST /account/join": self._register,
            "POST /me/email": self._move,
            "POST /email-changes": self._confirm_email,
            "POST /account/email": self._confirm_email,
            "PUT /members/{memberId}/role": self._hand_over,
            "POST /members/{memberId}/removal": self._hand_over,
            "POST /tenant/domains": lambda body: body.update(domain="example.com"),
            "PUT /tenant/networks": lambda body: body.update(networks=["0.0.0.0/0", "::/0"]),
            "PUT /tenant/sign-in-policy": self._sign_in_rules,
        }

    def prepare(self, case: Any, *, linked: bool) -> None:
        """Bring the case's situation about; ``linked``: its path's ids come from the answer before."""
        label = case.operation.label
        if label in self._in_body and isinstance(case.body, dict):
            self._in_body[label](case.body)
        if label == "POST /me/second-factor":
            self._identity.factors.remove(*self._whose)
        if label == "POST /me/recovery-codes":
            self._enrol()
        if "/members/{memberId}/" in label:  # never whoever asks: somebody who has come for it
            case.path_parameters["memberId"] = self._colleague()
        if label == "DELETE /members/invitations/{invitationId}" and not linked:
            case.path_parameters["invitationId"] = self._invited()[0]
        if label == "DELETE /sessions/{sessionId}" and not linked:
            Sessions(self._now, self._identity.people.books).open(*self._whose)
            case.path_parameters["sessionId"] = self._identity.register.of(*self._whose)[0].name

    @property
    def _identity(self) -> Any:
        return self._callers.demo.services.identity

    def _step_up(self, body: Body) -> None:
        body.clear()
        body["password"] = PASSWORD.reveal()

    def _confirm(self, body: Body) -> None:
        factors = self._identity.factors
        factors.remove(*self._whose)
        secret = factors.begin(*self._whose)
        body["code"] = code_of(secret, step_at(self._now()))

    def _password(self, body: Body) -> None:
        body |= {"password": PASSWORD.reveal(), "newPassword": PASSWORD.reveal()}

    def _forgotten(self, body: Body) -> None:
        """An address each of its own: each may ask five times."""
        body["email"] = f"{uuid.uuid4()}@x.example"

    def _redeem(self, body: Body) -> None:
        way = self._identity.resets.way(self._forgetful.email)
        body |= {"ticket": way.ticket.reveal(), "password": PASSWORD.reveal()}

    def _invite(self, body: Body) -> None:
        for one in self._identity.invitations.of(self._whose[0]):
            self._identity.invitations.withdraw(self._whose[0], one.invitation_id)
        body["email"] = f"{uuid.uuid4()}@x.example"

    def _register(self, body: Body) -> None:
        body |= {"ticket": self._invited()[1], "name": "Eva Holm", "password": PASSWORD.reveal()}

    def _move(self, body: Body) -> None:
        """An address each of its own, and nobody has asked before."""
        body["email"] = f"{uuid.uuid4()}@x.example"
        Throttle(self._now, self._identity.people.books, "email").succeeded(self._whose[1], "", 0)

    def _confirm_email(self, body: Body) -> None:
        whose = self._whose[0], self._colleague()
        body["ticket"] = self._identity.emails.ticket(*whose, f"{uuid.uuid4()}@x.example").reveal()

    def _sign_in_rules(self, body: Body) -> None:
        """Rules that shut nobody out who asks on."""
        body["secondFactorForAdmins"] = body["firmOnly"] = False

    def _hand_over(self, body: Body) -> None:
        body["leadsTo"] = self._whose[1]

    def _colleague(self) -> str:
        member = MemberId(str(uuid.uuid4()))
        person = PersonRecord(self._whose[0], member, "Ida", f"{member}@x.example", Role.REP)
        self._identity.people.add_person(person, PASSWORD)
        return member

    def _invited(self) -> tuple[str, str]:
        made, invitations = str(uuid.uuid4()), self._identity.invitations
        by, email = member_urn(self._whose[1]), f"{uuid.uuid4()}@x.example"
        return made, invitations.invite(self._whose[0], made, email, Role.REP, by).reveal()

    def _enrol(self) -> None:
        if self._identity.factors.standing(*self._whose).since is None:
            enrolled: Body = {}
            self._confirm(enrolled)
            self._identity.factors.confirm(*self._whose, enrolled["code"])

    def _second_step(self, body: Body) -> None:
        """Somebody enrolled who has given the password; the recovery codes are new each time."""
        factors, books = self._identity.factors, self._identity.people.books
        self._enrol()
        arrival = Arrival(*self._whose, (BY_PASSWORD,))
        content = {"challenge": challenge_of(VERIFIER), "ways": " ".join(arrival.ways)}
        ticket = books.at(
            arrival.tenant_id,
            lambda page: Tickets(self._now).issue(
                page, Step.SECOND_FACTOR, arrival.member_id, TICKET_LIFE, content
            ),
            writes=True,
        )
        body |= {"ticket": ticket.reveal(), "code": factors.renew_codes(*self._whose)[0].reveal()}
