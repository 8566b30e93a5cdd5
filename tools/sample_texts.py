"""The words of the sample pages: written for this program, after old models.

People, places and events are invented. A page is a tuple of blocks; the lines of a
block that flows are broken where the writing reaches the margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["flow", "left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page that belongs together.

    Attributes
    ----------
    text : str
        What is written. Where the block does not flow, each line feed ends a line.
    place : str
        "flow" fills the width; the others write the given lines at that side.
    kind : str
        PAGE's word for it: "paragraph", "heading", "signature-mark", ...
    indent : float
        How far the first line starts from the margin, in distances between lines.
    tab : float
        Where writing goes on after a tab, in the same measure from the line's start.
    """

    text: str
    place: Place = "flow"
    kind: str = "paragraph"
    indent: float = 0.0
    tab: float = 0.0


LETTER_TO_A_SISTER = (
    Block("Wexcombe, 14th March 1862", "right", "header"),
    Block("My dear Sister,", "left", "heading"),
    Block(
        "Your letter of the second reached us only yesterday, the carrier having "
        "been kept three days at Alderley by the floods. We are all well, God be "
        "thanked, though little Edwin has had the cough again and Mother will not "
        "let him out of doors. The river stands as high as the second step of the "
        "mill, and your uncle has lost eleven of his ewes in the lower meadow.",
        indent=1.2,
    ),
    Block(
        "You ask what is become of the piano. It was sold with the rest on the "
        "20th of last month & fetched nine pounds ten, which Mr. Hallam thought "
        "very fair. I kept back the small walnut desk for you, and the box of "
        "letters, which nobody but ourselves ought to read.",
        indent=1.2,
    ),
    Block(
        "Pray write soon, and tell us if the new house is dry. Your affectionate",
        indent=1.2,
    ),
    Block("Harriet Lowe", "right", "signature-mark"),
)

WILL = (
    Block("In the Name of God Amen", "center", "heading"),
    Block(
        "I Josiah Penfold of the Parish of Saint Anne in the County of Marlshire, "
        "Wheelwright, being weak in body but of sound and disposing mind, memory and "
        "understanding, do make publish and declare this to be my last Will and "
        "Testament, hereby revoking all former Wills by me at any time made. First I "
        "commend my soul to Almighty God, and my body to the earth, to be decently "
        "interred at the discretion of my Executors hereinafter named.",
    ),
    Block(
        "Item. I give and bequeath unto my beloved wife Susannah the dwelling house "
        "wherein I now live, with the workshop, yard and garden thereto belonging, to "
        "hold during the term of her natural life, and after her decease unto my son "
        "Thomas Penfold, his heirs and assigns for ever. Item. I give unto my daughter "
        "Mary, the wife of Daniel Crouch, the sum of forty pounds, my silver watch, "
        "and the oak chest that was her grandmother's. Item. I give unto each of my "
        "grandchildren living at my decease one guinea. Item. I give unto my "
        "apprentice William Tuppen all my tools, if he shall then be in my service.",
    ),
    Block(
        "And I appoint my said son Thomas and my friend Nathaniel Orme, Maltster, "
        "joint Executors. In witness whereof I have set my hand and seal this ninth "
        "day of November in the year of our Lord 1817.",
    ),
    Block("Josiah Penfold, his mark X", "right", "signature-mark"),
    Block("Signed in the presence of us\nJn. Orme    Abel Rudd", "left", "other"),
)

OTHER_SIDE_OF_THE_WILL = (
    Block(
        "Proved at Marlchester the second day of February 1818 before the worshipful "
        "Doctor Bayliss, surrogate, by the oaths of Thomas Penfold, the son, and of "
        "Nathaniel Orme, the Executors, to whom administration was granted, having "
        "been first sworn duly to administer. Sworn under three hundred pounds. An "
        "inventory of the goods, chattels and credits of the deceased was exhibited "
        "at the same time. One bedstead with hangings, two feather beds, six chairs, "
        "one clock, a quantity of seasoned timber, ash and elm, four pair of wheels "
        "not finished, one grindstone, one lathe, and the stock of iron in the yard. "
        "Entered in the register of this court, folio 212, and examined with the "
        "original Will by me the undersigned, clerk. The fees were paid by the "
        "Executors, seven shillings and sixpence, and the copy was sent by the mail "
        "coach on the Saturday following.",
    ),
)

REGISTER = (
    Block("Baptisms in the year 1851", "center", "heading"),
    Block(
        "Jan. 5\tThomas, son of John & Mary Ashdown, labourer\n"
        "Jan. 12\tEliza Jane, dau. of Wm. & Ann Bristow, miller\n"
        "Jan. 12\tGeorge, son of Peter & Sarah Coppard, smith\n"
        "Jan. 26\tHenry, son of Henry & Lucy Dapp, shepherd\n"
        "Feb. 2\tRuth, dau. of Isaac & Hannah Elphick, carter\n"
        "Feb. 9\tCharles, son of James & Jane Funnell, tailor\n"
        "Feb. 23\tFanny, base born, dau. of Esther Gander\n"
        "Mar. 2\tAlbert, son of Saml. & Rose Honeysett, baker\n"
        "Mar. 16\tEmma & Ellen, twins of Robt. & Kate Ide, clerk\n"
        "Mar. 30\tWilliam, son of Jesse & Martha Jupp, sawyer\n"
        "Apr. 6\tPhiladelphia, dau. of Amos & Eve Kemp, sailor\n"
        "Apr. 20\tJohn Luke, son of Luke & Mercy Lade, farmer\n"
        "Apr. 20\tAlice, dau. of Edwd. & Grace Muddle, mason\n"
        "May 4\tWalter, son of David & Sophia Neve, groom\n"
        "May 18\tHarriet, dau. of Stephen & Amy Oxley, cooper\n"
        "June 1\tFrederick, son of Jas. & Ellen Pilbeam, potter\n"
        "June 15\tCaroline, dau. of Mark & Lydia Quaife, weaver\n"
        "June 29\tEdward, son of Richd. & Olive Relf, drover",
        "left",
        "paragraph",
        tab=2.3,
    ),
)

DIARY = (
    Block("Tuesday 8 July 1890", "left", "heading"),
    Block(
        "Up at five and walked to the station in a thick mist. The London train 20 "
        "minutes late. Mr. Pryor met me with the trap, and we were at the dig before "
        "nine. The men have opened a second trench along the hedge and found the "
        "corner of a wall, flint laid in good yellow mortar, two feet wide.",
        indent=0.8,
    ),
    Block(
        "Drew the section till noon, then rain. Ate our bread & cheese under the cart "
        "with the tarpaulin over our heads. Young Baker brought me a small bronze key "
        "which he had from the spoil heap; gave him sixpence.",
        indent=0.8,
    ),
    Block("Wednesday 9 July", "left", "heading"),
    Block(
        "Fair & windy. Measured the whole of the east wall, 41 feet 3 inches. Mrs. "
        "Pryor came over with the children, who fell into the trench one after "
        "another. A letter from Ellen: she has taken the rooms in Cross Street from "
        "Michaelmas, at eleven shillings. Wrote up notes by candle.",
        indent=0.8,
    ),
)

PETITION = (
    Block(
        "To the Guardians of the Poor\nof the Union of Carnbridge", "left", "heading"
    ),
    Block("Gentlemen,", "left", "paragraph", indent=0.0),
    Block(
        "I am sorry to trouble you again, but I have now been out of work since the "
        "week before Christmas, and have a wife and five children, the eldest not ten "
        "years old. I was in hopes that the brick field would open at Lady Day as it "
        "has always done, but the frost has held and Mr. Tranter says he cannot take "
        "on a man before May.",
        indent=1.0,
    ),
    Block(
        "We have had no fire these four days, and the youngest is ill. I do not ask "
        "to come into the house if it can be helped. Two shillings a week and some "
        "bread would carry us over until there is work. The Revd. Mr. Ingle will "
        "speak for my character, having known me from a boy. I was never before the "
        "bench in my life, nor had a penny of the parish until this year.",
        indent=1.0,
    ),
    Block("I am, Gentlemen, your humble servant", "center", "paragraph"),
    Block("Geo. Thornback", "right", "signature-mark"),
    Block("Fenny Row, 3rd April 1871", "left", "other"),
)

EMIGRANT = (
    Block("Port Elliot, the 30th of August 1849", "right", "header"),
    Block("Dear Father and Mother,", "left", "heading"),
    Block(
        "We are landed at last after one hundred and eleven days. I would have "
        "written from the Cape but the ship did not put in. Jane bore the voyage "
        "better than I did, and the baby was born in the tropics on the 9th of June "
        "and is named Marina after the vessel, which the Captain desired.",
        indent=1.0,
    ),
    Block(
        "I had work offered me the second morning, at seven shillings a day, and "
        "mutton is three pence a pound. There is a good well, and timber for the "
        "cutting. Tell Robert that if he can raise the passage money he should come "
        "out by the first ship in spring, and bring his own tools, nails & seed, and "
        "no furniture whatever.",
        indent=1.0,
    ),
    Block("Your loving son, Samuel Voake", "right", "signature-mark"),
)

MINUTES_FIRST = (
    Block("Minutes of the Reading Society", "center", "heading"),
    Block("held at the Assembly Room, Oct. 4th, 1838", "center", "heading"),
    Block(
        "Present: Mr. Garland in the chair, Dr. Moyle, Messrs. Pym, Tolley, Vane and "
        "the Secretary. The minutes of the last meeting were read and confirmed.",
    ),
    Block(
        "1. It was resolved that the subscription be raised from ten shillings to "
        "half a guinea, Mr. Tolley dissenting.",
    ),
    Block(
        "2. Dr. Moyle laid upon the table a list of works proposed for purchase. It "
        "was agreed to order the voyages of Capt. Beechey and the new edition of the "
        "county history, in five volumes, boards.",
    ),
    Block(
        "3. The Secretary reported that eleven volumes had been returned damaged by "
        "damp, and that the roof above the north press lets in the rain.",
    ),
)

MINUTES_SECOND = (
    Block(
        "4. Mr. Vane offered to have the roof made good at his own charge, for which "
        "the thanks of the Society were voted unanimously.",
    ),
    Block(
        "5. A fine of two pence a day was laid upon members who keep a book beyond "
        "the fortnight. Mr. Pym, who has had the life of Nelson since June, was "
        "desired to bring it back.",
    ),
    Block(
        "6. The accounts were examined and found to agree. Balance in hand, six "
        "pounds 14s. 8d.",
    ),
    Block("The Society then adjourned to the first Thursday in November."),
    Block("E. Garland, Chairman", "right", "signature-mark"),
)
