"""What the demo's people say and write. Every person is invented."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from casework.goals import SectionKind

BODIES = (
    ("Servizio sociale di zona (inventato)", "social_services"),
    ("Centro di ascolto Aurora (inventato)", "third_sector"),
    ("Consultorio di quartiere (inventato)", "health_services"),
    ("Scuola per adulti Dora (inventata)", "school"),
    ("Sportello lavoro Nord (inventato)", "work_services"),
    ("Agenzia formativa Stura (inventata)", "training_agency"),
    ("Casa del quartiere (inventata)", "third_sector"),
    ("Emporio solidale (inventato)", "third_sector"),
    ("Ambulatorio di prossimità (inventato)", "health_services"),
    ("Sartoria sociale (inventata)", "employer"),
    ("Sportello lavoro Sud (inventato)", "work_services"),
    ("Doposcuola Mirafiori (inventato)", "third_sector"),
)

PERSONS = (
    ("Amina", "Rahmani"), ("Dorin", "Munteanu"), ("Rosa", "Cavallo"), ("Ibrahim", "Sow"),
    ("Luisa", "Ferraris"), ("Yusuf", "Demir"), ("Carmela", "Longo"), ("Mirela", "Dervishi"),
    ("Osvaldo", "Pia"), ("Fatima", "Bensaid"), ("Gianni", "Rosso"), ("Adaeze", "Okoro"),
    ("Teresa", "Bruno"), ("Hamid", "Karimi"), ("Silvana", "Greco"), ("Petru", "Rusu"),
    ("Ines", "Vargas"), ("Franco", "Perotti"), ("Nadia", "Haddad"), ("Salvatore", "Amato"),
    ("Lia", "Monti"), ("Kofi", "Mensah"), ("Angela", "Viola"), ("Drita", "Kola"),
)  # fmt: skip

REASONS = (
    ("Ha perso il lavoro a giugno e da allora non esce quasi più.", "Lavoro, orientamento."),
    ("È sola con due bambini e non riesce a pagare l’affitto.", "Casa, reddito, doposcuola."),
    ("Vuole imparare l’italiano per capire le lettere della scuola.", "Lingua, istruzione."),
    ("Dopo la malattia vorrebbe tornare a fare qualcosa di suo.", "Salute, socialità."),
    ("È uscito da una comunità e cerca dove ricominciare.", "Lavoro, documenti, casa."),
    ("Accudisce la madre e ha lasciato il corso a metà.", "Sollievo, formazione."),
)

NOTES = (
    "Ci siamo parlate venti minuti. Chiede tempo, ma vuole provarci.",
    "È venuto allo snodo in anticipo. Ha portato le lettere che non capisce.",
    "Al telefono era stanca; ha detto lei di risentirci giovedì.",
)

SITUATIONS = (
    (
        "Dice: «Voglio un lavoro che mi lasci riprendere i bambini alle quattro». "
        "Oggi vive di piccoli aiuti e non sa a chi chiedere.",
        "Sa cucire, lo ha fatto per otto anni. È puntuale e conosce il quartiere.",
    ),
    (
        "Dice: «Non mi ricordo più come si fa a cercare». Esce poco e dorme male.",
        "Ripara quasi tutto. I vicini lo chiamano quando si rompe qualcosa.",
    ),
    (
        "Dice: «Se capisco le lettere, poi faccio da sola». Le traduce la figlia di dieci anni.",
        "Impara in fretta e non salta un incontro.",
    ),
)

BETTER = "Ha fatto tre colloqui e ha iniziato una prova di almeno 20 ore a settimana."


def rows(today: date, number: int) -> list[tuple[SectionKind, Mapping[str, Any]]]:
    """The rows of a plan that begins today."""

    def in_days(days: int) -> date:
        return today + timedelta(days=days)

    return [
        (
            SectionKind.GOAL,
            {
                "words": "Voglio un lavoro vicino a casa.",
                "result": "Migliora la sua situazione.",
                "due_on": in_days(120),
            },
        ),
        (
            SectionKind.GOAL,
            {
                "words": "Voglio capire le lettere da sola.",
                "result": "Frequenta il corso due mattine a settimana, da gennaio.",
                "due_on": in_days(90),
            },
        ),
        (
            SectionKind.ACTION,
            {"what": "Chiamare la scuola per adulti", "who": "Lei", "due_on": in_days(10)},
        ),
        (
            SectionKind.ACTION,
            {"what": "Accompagnarla al primo colloquio", "who": "Lo snodo", "due_on": in_days(21)},
        ),
        (
            SectionKind.UNDERTAKING,
            {"party": "Lei", "what": "Avvisa se un giorno non può.", "due_on": None},
        ),
        (
            SectionKind.UNDERTAKING,
            {"party": "Lo snodo", "what": "La sente ogni martedì.", "due_on": None},
        ),
        (
            SectionKind.SUPPORT,
            {
                "what": "Doposcuola per i bambini",
                "giver": BODIES[number % len(BODIES)][0],
                "rhythm": "tre pomeriggi",
                "due_on": in_days(180),
            },
        ),
        (
            SectionKind.RISK,
            {
                "what": "I bambini si ammalano e salta il corso.",
                "response": "La vicina li tiene: gliel’ha già chiesto lei.",
            },
        ),
        (
            SectionKind.CHECK,
            {"due_on": in_days(60), "company": "Con lei e la scuola", "look_at": "Il primo passo"},
        ),
    ]
