"""Forms: the shape of what may be typed, and refusals said beside the field."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from sqlalchemy import ColumnElement, select, true
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Form as WTForm
from wtforms.fields.choices import Choice as Option  # type: ignore[attr-defined]  # newer than its types
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the same
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from lms import db, i18n, keys, text
from lms.errors import Invalid
from lms.guard import me
from lms.i18n import lazy
from lms.permissions import Permission, allowed

Result = TypeVar("Result")
Said = Any
"""A label: a lazy sentence, which WTForms takes as the text that it becomes."""


class Upload(FileField):
    """A file that was sent, or None: words under its name are no file."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = next((v for v in valuelist if isinstance(v, FileStorage)), None)


class Whole(IntegerField):
    """A whole number of a length that people write."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and len(valuelist[0]) > 12:
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


class Form(WTForm):
    """A form filled from the request. Its token and key are checked by the guard."""

    class Meta:
        csrf = False

        @property
        def locales(self) -> list[str]:
            return [i18n.language()]

        cache_translations = False

    def __init__(self, obj: Any = None, *, asked: bool = False, **values: Any) -> None:
        """With `asked`, a form that only asks is filled from the address."""
        typed = request.form.copy() if request.method == "POST" else None
        if typed is None and asked and request.args:
            typed = request.args.copy()
        for name, file in request.files.items() if typed is not None else ():
            if getattr(getattr(self, name, None), "field_class", None) is Upload:
                typed.add(name, file)  # type: ignore[union-attr,arg-type]  # files beside words, as WTForms wants
        super().__init__(formdata=typed, obj=obj, data=values)

    def attempt(self, operation: Callable[..., Result], *args: Any, **facts: Any) -> Result | bool:
        """Call the operation; what it finds invalid is said beside the fields, giving False."""
        try:
            result = operation(*args, **facts)
        except Invalid as refusal:
            for name, message in refusal.fields.items():
                if name in self._fields:
                    field = self._fields[name]
                    field.errors = [*field.errors, str(message)]
                else:
                    self.form_errors.append(str(message))
            return False
        return True if result is None else result

    def facts(self, *leave_out: str) -> dict[str, Any]:
        """What was typed, by field, without files and what is left out."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if name not in leave_out and not isinstance(field, FileField)
        }


def clean(value: str | None) -> str:
    return text.normal(value or "")


def Words(label: Said, *, most: int = 120, required: bool = True, **more: Any) -> StringField:
    """One line of text."""
    return StringField(label, [_written(required), Length(max=most)], [clean], **more)


def Prose(label: Said, *, most: int = 20_000, required: bool = True, **more: Any) -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(label, [_written(required), Length(max=most)], [clean], **more)


def Day(label: Said, *, required: bool = True, **more: Any) -> DateField:
    return DateField(label, [_needed(required), _plausible], **more)


def _plausible(_: Any, field: Any) -> None:
    """A day that a calendar of ours can hold."""
    if field.data is not None and not 1900 <= field.data.year <= 2200:
        raise ValidationError(str(lazy("This day is too far away.")))


def Clock(label: Said, *, required: bool = True, **more: Any) -> TimeField:
    return TimeField(label, [_needed(required)], format=["%H:%M", "%H:%M:%S"], **more)


def Number(
    label: Said, least: int, most: int, *, required: bool = True, **more: Any
) -> IntegerField:
    return Whole(label, [_needed(required), NumberRange(least, most)], **more)


def Password(label: Said, **more: Any) -> PasswordField:
    return PasswordField(label, [InputRequired(), Length(max=1000)], **more)


def Tick(label: Said, **more: Any) -> BooleanField:
    return BooleanField(label, **more)


def _said(choices: Sequence[tuple[str, Any]]) -> Callable[[], list[SelectChoice]]:
    """The choices in the reader's language, at the time she reads them."""
    return lambda: [SelectChoice(value, str(said)) for value, said in choices]


def Choice(
    label: Said,
    choices: Sequence[tuple[str, Any]],
    *,
    radio: bool = False,
    required: bool = True,
    **more: Any,
) -> SelectField:
    kind = RadioField if radio else SelectField
    return kind(label, [_chosen(required)], choices=_said(choices), **more)


def Choices(label: Said, choices: Sequence[tuple[str, Any]], **more: Any) -> SelectMultipleField:
    return SelectMultipleField(label, choices=_said(choices), **more)


def Attachment(label: Said, **more: Any) -> Upload:
    return Upload(label, **more)


def Version() -> HiddenField:
    """The version that an edit began from; None, which no row has, where it is not said."""
    return HiddenField(filters=[lambda v: int(v) if v and str(v).isdecimal() else None])


def _needed(required: bool) -> Any:
    return InputRequired() if required else Optional()


def _chosen(required: bool) -> Any:
    """For lists: HTML lets only those be `required` that begin with an empty line."""
    needed = _needed(required)
    needed.field_flags = {} if required else needed.field_flags
    return needed


def _written(required: bool) -> Any:
    """Words that are more than spaces: looks at what is left after cleaning."""
    return DataRequired() if required else Optional()


MOST_CHOICES = 500
"""Of more rows than these a list shows the first; the others are found by words, or by their id."""


class RowField(SelectField):
    """A choice among the rows on which the person holds a permission: the only way ids enter.

    `data` is the row itself, or None. Words that are typed beside it narrow the list.
    """

    def __init__(
        self,
        label: Said,
        permission: Permission,
        *,
        say: Callable[[Any], str],
        required: bool = True,
        within: Callable[[], ColumnElement[bool]] = true,
        order: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(label, [_chosen(required)], choices=[], validate_choice=False, **more)
        self.permission = permission
        self.say = say
        self.within = within
        self.order = order
        self.optional = not required
        self._rows: list[Any] | None = None
        self.typed = self.words = ""

    def _query(self) -> Any:
        model = self.permission.model
        query = select(model).where(allowed(me(), self.permission), self.within())
        return query.order_by(model.id if self.order is None else self.order)

    def _found(self) -> Iterator[Any]:
        if not self.words:
            return iter(db.session.scalars(self._query().limit(MOST_CHOICES + 1)))
        every = db.session.scalars(self._query().execution_options(yield_per=MOST_CHOICES))
        return islice((row for row in every if self._has_words(row)), MOST_CHOICES + 1)

    def _has_words(self, row: Any) -> bool:
        said = keys.folded(self.say(row))
        return all(word in said for word in keys.folded(self.words).split())

    def rows(self) -> list[Any]:
        """The rows that are listed, in order."""
        if self._rows is None:
            self._rows = list(self._found())
            if self.order is None:
                self._rows.sort(key=self.say)
        return self._rows[:MOST_CHOICES]

    @property
    def is_cut(self) -> bool:
        """There are more than are listed, or were before they were narrowed by words."""
        return bool(self.words) or len(self.rows()) < len(self._rows or [])

    def iter_choices(self) -> Any:
        if self.optional:
            yield Option(value="", label="–", selected=self.data is None, render_kw={})
        rows = self.rows()
        beyond = [self.data] if self.data is not None and self.data not in rows else []
        for row in beyond + rows:
            yield Option(
                value=str(row.id), label=self.say(row), selected=self.data is row, render_kw={}
            )

    def has_groups(self) -> bool:
        return False

    def process_data(self, value: Any) -> None:
        self.data = value

    def process(self, formdata: Any, *args: Any, **more: Any) -> None:
        self.words = clean(formdata.get(f"{self.name}_words")) if formdata else ""
        super().process(formdata, *args, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """The row of this id, if it is one that she may choose: listed or beyond the list."""
        self.typed = valuelist[0] if valuelist else ""
        try:
            chosen = self._query().where(self.permission.model.id == UUID(self.typed))
        except ValueError:
            self.data = None
        else:
            self.data = db.session.scalar(chosen)

    def pre_validate(self, form: Any) -> None:
        if self.words and (self.data is None or not self._has_words(self.data)):
            if not self.rows():
                raise ValidationError(str(lazy("Nothing in the list has these words.")))
            raise ValidationError(str(lazy("Choose among what has these words.")))
        if self.typed and self.data is None:
            raise ValidationError(str(lazy("Choose one from the list.")))


class MultipleRowsField(SelectMultipleField):
    """Several among the rows on which the person holds a permission; `data` are the rows."""

    def __init__(
        self,
        label: Said,
        permission: Permission,
        *,
        say: Callable[[Any], str],
        within: Callable[[], ColumnElement[bool]] = true,
        order: Callable[[Any], Any] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(label, choices=[], validate_choice=False, **more)
        self.permission = permission
        self.say = say
        self.within = within
        self.order = order or say
        self.is_strange = False
        self._rows: list[Any] | None = None

    def rows(self) -> list[Any]:
        """The rows that may be chosen, in order."""
        if self._rows is None:
            query = select(self.permission.model).where(
                allowed(me(), self.permission), self.within()
            )
            self._rows = sorted(db.session.scalars(query), key=self.order)
        return self._rows

    def iter_choices(self) -> Any:
        chosen = {row.id for row in self.data or ()}
        for row in self.rows():
            yield Option(
                value=str(row.id), label=self.say(row), selected=row.id in chosen, render_kw={}
            )

    def has_groups(self) -> bool:
        return False

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """The rows of these ids; one that she may not choose refuses them all."""
        sent = set(valuelist)
        self.data = [row for row in self.rows() if str(row.id) in sent]
        self.is_strange = len(self.data) < len(sent)

    def pre_validate(self, form: Any) -> None:
        if self.is_strange:
            raise ValidationError(str(lazy("The list has changed meanwhile. Choose again.")))
