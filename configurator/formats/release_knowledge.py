"""A product package as what the engine compares between two releases."""

from configurator.engine.release_change import Answer, Knowledge, Question, QuestionKind, Section
from configurator.formats.product_package import ProductPackage, minor_units


def knowledge_of(package: ProductPackage) -> Knowledge:
    """All of a package that a customer, a price or a bill can tell from another one of the product."""
    header = package.product
    model = package.to_model()
    _, items, lines = package.bill()
    return Knowledge(
        facts={
            "name": header.name,
            "text": header.text,
            "currency": header.currency,
            "base_price": minor_units(header.base_price),
            "picture": header.picture,
            "root_item": header.root_item,
        },
        sections=tuple(Section(section.code, section.name, section.text) for section in package.sections),
        questions=_questions(package),
        rules=model.rules,
        tables=model.tables,
        items=items,
        lines=lines,
    )


def _questions(package: ProductPackage) -> tuple[Question, ...]:
    features = [
        Question(
            code=feature.code,
            name=feature.name,
            kind=QuestionKind.FLAG if feature.flag else QuestionKind.OPTIONS,
            section=feature.section,
            text=feature.text,
            default=feature.default,
            answers=tuple(
                Answer(value, option.name, option.text, minor_units(option.price), option.parts)
                for value, option in feature.answers()
            ),
        )
        for feature in package.features
    ]
    numbers = [
        Question(
            code=parameter.code,
            name=parameter.name,
            kind=QuestionKind.NUMBER,
            section=parameter.section,
            text=parameter.text,
            default=parameter.default,
            minimum=parameter.minimum,
            maximum=parameter.maximum,
            step=parameter.step,
            unit=parameter.unit,
        )
        for parameter in package.parameters
    ]
    return (*features, *numbers)
