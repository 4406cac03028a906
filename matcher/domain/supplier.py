"""Whom a coach is ordered from, and on which terms."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain.fields import Day, Record, ShortText, Text


class FrameworkContract(Record):
    """The contract under which a buyer may order, and the days it is valid on, the first and the last included."""

    number: Annotated[ShortText, Field(min_length=1)]
    valid_from: Day | None = Field(None, description="Absent: it has begun.")
    valid_until: Day | None = Field(None, description="Absent: it does not end.")

    @field_validator("valid_until")
    @classmethod
    def _ends_after_it_begins(cls, valid_until: Day | None, info: ValidationInfo) -> Day | None:
        begins = info.data.get("valid_from")
        if begins is not None and valid_until is not None and valid_until < begins:
            raise PydanticCustomError("range", "must not be before valid_from")
        return valid_until

    def valid_on(self, day: Day) -> bool:
        """Whether orders can be placed under it on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Supplier(Record):
    """The legal person that sends the invoice: the coach, or the company that the coach works through."""

    legal_name: ShortText | None = None
    tax_id: ShortText | None = Field(None, description="Such as a VAT number, as the supplier writes it.")
    contract: FrameworkContract | None = None


class Terms(Record):
    """What is agreed beside the fee, in the supplier's words."""

    expenses: Annotated[Text, Field(max_length=1_000)] | None = Field(
        None, description="What is charged beside the fee, such as travel, and by which rule."
    )
    cancellation: Annotated[Text, Field(max_length=1_000)] | None = Field(
        None, description="Until when a session can be called off, and what it costs after that."
    )
