"""Invented people: names, words and troubles to draw from. Any likeness is chance."""

FIRST = (
    "Abena Adan Aiko Alma Amara Amir Ana Andre Anh Bao Beatriz Benny Bo Carmen Cedric Chidi Clara Cora Dana Daniel "
    "Dario Deja Delia Demetrius Dolores Ed Elena Eli Esme Ezra Farah Felix Fern Gloria Grace Gus Hana Hector Hope "
    "Ida Ines Ira Isaiah Ivy Jae Jamal Jo Joaquin June Kai Kateri Keisha Kofi Lan Leah Leon Lila Lourdes Luz Mae "
    "Malik Mara Marcus Mercy Mina Moses Nadia Naomi Nia Noor Nora Omar Opal Otis Pearl Pilar Priya Quinn Rafael Rosa "
    "Roy Ruth Sade Salma Sam Seth Sol Soraya Tala Tess Theo Tomas Uma Vera Vic Wren Yara Yusuf Zadie Zeke Zora"
).split()

LAST = (
    "Abbott Acosta Adeyemi Ahmadi Alvarez Bako Baptiste Begay Bianchi Boone Brandt Castillo Chen Cho Clay Cruz Dang "
    "Delgado Diallo Dixon Duarte Eaton Ferrer Fisk Flores Fofana Ford Garza Gibbs Greer Haddad Hale Hoang Holt Hunt "
    "Ibarra Iyer Jensen Kamara Kelly Khan Kim Kowalski Lamb Lane Le Leblanc Lopez Lowe Mabry Malone Marsh Mbeki Mejia "
    "Molina Moss Munoz Nash Nguyen Novak Oakes Okafor Ortiz Pace Park Patel Pham Pike Ramos Reed Reyes Rios Rowe Ruiz "
    "Salas Santos Shaw Silva Singh Soto Stone Tate Torres Tran Vang Vega Voss Wade Walsh Ward West Yang Yates Zamora"
).split()

NICKNAMES = (
    "Skip",
    "Mama T",
    "Red",
    "Doc",
    "Junior",
    "Peaches",
    "Tiny",
    "Ace",
    "Birdie",
    "Slim",
    "Coco",
    "Boots",
)

DESCRIPTIONS = (
    "Woman, about 40, green raincoat, by the bus depot",
    "Young man, gray hoodie, has a small brown dog",
    "Man about 60, walks with a cane, river camp",
    "Teenager, red backpack, would not give a name",
    "Woman with two small children, blue minivan",
)

LANGUAGES = (
    ("English",) * 7 + ("Spanish",) * 3 + ("Haitian Creole", "Vietnamese", "Arabic", "American Sign Language")
)

HAPPENING = (
    "Says she cannot keep herself safe tonight. Has pills in the house and is alone.",
    "Put out of his apartment this afternoon with one bag. Nowhere to sleep tonight.",
    "Shaking and sweating since this morning, last drink yesterday evening. Wants to stop.",
    "Left home with the children after he broke the door. He does not know where they are.",
    "Has not eaten in two days. Food benefits stopped last month and nobody says why.",
    "Hears voices that tell him to hurt his brother. Has stopped his medication.",
    "Lost her job and the rent is due. Cries and cannot sleep, asks what the point is.",
    "Found wandering near the highway, confused about the day. Gives a first name only.",
    "Released from the hospital this morning without his medicine and without a bed.",
    "Sent messages to a former supervisor that frightened the office. Says he has nothing to lose.",
    "Used again after eleven months. Ashamed, scared of losing her son.",
    "The heat is off and there is a newborn in the house.",
)

STRENGTHS = (
    "Calm when music plays; knows every bus line; was sober eleven months.",
    "Good with people, cooks for everyone, keeps appointments when reminded.",
    "Reads a lot; has a sister who answers at any hour.",
    "Worked as a carpenter for twenty years; proud of it.",
    "Protective of the children; plans ahead after a night's sleep.",
)

TRIGGERS = (
    "Loud voices, being touched without warning.",
    "Uniforms at the door. Call first.",
    "Questions about the father of the children.",
    "Being asked the same thing twice.",
    "Waiting without being told how long.",
)

SAFE_CONTACT = (
    "Text first, mornings only. Never leave a voice message.",
    "Call any time, ask by first name only.",
    "Through the sister. Do not call the house.",
    "Prefers to be met at the library, weekdays after 2.",
    "Any time; voice messages are fine.",
)

CALLS = (
    "Called. Slept a little, ate, will wait for the visit at four.",
    "Met at the shelter. Safety plan read through together; kept one copy.",
    "Called the clinic together; appointment moved up to tomorrow morning.",
    "Spoke with the sister, as agreed. She will stay the night.",
    "Checked in by text: okay for now, wants to talk tomorrow.",
)

STEPS = (
    "Call the clinic about tomorrow's slot",
    "Bring the birth certificate to the benefits office",
    "Pick up the medication before six",
    "Ask the landlord for the ledger",
    "Ride to detox intake at nine",
    "Meet at the library with the housing worker",
)

BARRIERS = (
    "No identification, so no bed list",
    "Office needs a letter that only the office can write",
    "No phone since Tuesday",
    "Line was busy four times in a row",
)
