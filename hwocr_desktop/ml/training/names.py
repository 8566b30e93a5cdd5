"""Names of people and places as they stand in letters and registers, made at random.

The lists were written for this program; the names are in everybody's use. Places and
surnames are also put together from parts, as English ones were.
"""

from __future__ import annotations

import numpy as np


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _split(
    """
    Abigail Ada Adam Agnes Albert Alexander Alfred Alice Amelia Amos Amy Andrew Ann
    Anna Anne Arthur Asa Augusta Barbara Benjamin Bertha Betsy Bridget Caleb
    Caroline Catherine Charles Charlotte Christian Clara Daniel David Dorothy
    Ebenezer Edith Edmund Edward Edwin Eleanor Elias Elijah Eliza Elizabeth Ellen
    Emily Emma Ephraim Ernest Esther Ethel Eugene Evan Fanny Flora Florence Frances
    Francis Frank Frederick George Gertrude Gilbert Grace Hannah Harold Harriet
    Harry Helen Henrietta Henry Herbert Hester Hiram Hugh Ida Isaac Isabella Jacob
    James Jane Jean Jemima Jeremiah Jesse Joan Job John Jonas Jonathan Joseph Joshua
    Josiah Judith Julia Katherine Keziah Laura Lawrence Leonard Lewis Lottie Louis
    Louisa Lucy Luke Lydia Mabel Margaret Maria Mark Martha Martin Mary Matilda
    Matthew Maud Mercy Michael Miriam Moses Nancy Nathaniel Nellie Nicholas Noah
    Nora Oliver Oscar Owen Patience Patrick Paul Peter Phebe Philip Phoebe Prudence
    Rachel Ralph Rebecca Reuben Rhoda Richard Robert Roger Rosa Rose Rowland Rufus
    Ruth Samuel Sarah Silas Simon Solomon Sophia Stephen Susan Susannah Sylvester
    Theodore Thomas Timothy Tobias Ursula Victor Walter Wilfred William Winifred
    Zachariah Adèle Adrien Aimé Albertine Alphonse Amélie Anaïs André Antoine
    Auguste Augustin Baptiste Benoît Blanche Camille Céleste Célestin Charlotte
    Claude Clémence Clément Denis Désiré Édouard Élise Émile Émilie Étienne Eugénie
    Fernand François Françoise Gabriel Gaston Geneviève Germaine Gustave Hélène
    Henri Honoré Hortense Hyacinthe Irène Jacques Jean Jeanne Jérôme Joséphine Jules
    Julie Léon Léonie Louise Lucien Madeleine Marcel Marguerite Marie Marius Mathieu
    Mélanie Michel Noël Noémie Octave Pascal Pauline Philippe Pierre Raoul Raymond
    Rémi René Rosalie Sébastien Simone Solange Sylvain Théodore Thérèse Toussaint
    Valentine Victoire Vincent Yves Zoé
    """
)

SURNAMES = _split(
    """
    Abbott Adams Allen Anderson Andrews Archer Arnold Atkinson Bailey Baker Baldwin
    Ball Barber Barker Barlow Barnes Barrett Bartlett Baxter Beale Bell Bennett
    Berry Birch Bishop Black Blake Bond Booth Bowen Boyd Bradley Briggs Brooks Brown
    Bryant Buckley Burgess Burke Burns Burton Butcher Butler Byrne Cameron Campbell
    Carpenter Carr Carter Chambers Chapman Clark Clarke Clayton Cole Coleman Collier
    Collins Cook Cooper Cox Crawford Cross Cunningham Curtis Davies Davis Dawson Day
    Dean Dixon Doyle Duncan Dunn Edwards Elliott Ellis Evans Ferguson Field Finch
    Fisher Fitzgerald Fleming Fletcher Ford Foster Fowler Fox Francis Fraser Freeman
    French Frost Gallagher Gardiner Gibson Gilbert Goddard Goodwin Gordon Graham
    Grant Gray Green Greene Griffin Griffiths Hale Hall Hamilton Harding Harper
    Harris Harrison Hart Harvey Hawkins Hayes Henderson Hicks Higgins Hill Hobbs
    Holland Holmes Hopkins Howard Howe Hudson Hughes Hunt Hunter Hutchinson Irving
    Jackson Jacobs James Jenkins Johnson Johnston Jones Jordan Kelly Kennedy King
    Knight Lamb Lambert Lane Lawson Lee Lewis Lloyd Long Lowe Lynch MacDonald
    McCarthy McDonald McKenzie Marsh Marshall Martin Mason Matthews May Mercer Miles
    Miller Mills Mitchell Moore Morgan Morris Morrison Murphy Murray Myers Nash
    Nelson Newman Newton Nichols Norris O'Brien O'Connor O'Neill Oakes Osborne Owen
    Page Palmer Parker Parsons Patterson Payne Pearce Perkins Perry Phillips Pierce
    Porter Potter Powell Pratt Price Pritchard Quick Quinn Ramsey Randall Reed
    Reeves Reid Reynolds Richards Richardson Riley Roberts Robinson Rogers Rose Ross
    Rowe Russell Ryan Sanders Saunders Savage Scott Seymour Sharp Shaw Shepherd
    Simmons Simpson Slater Smith Spencer Stephens Stevens Stewart Stone Sutton Sykes
    Taylor Thomas Thompson Thornton Todd Townsend Tucker Turner Tyler Underwood
    Vaughan Vernon Vickers Wade Walker Wallace Walsh Ward Warner Warren Waters
    Watkins Watson Webb Webster Wells West Wheeler White Wilkins Wilkinson Williams
    Willis Wilson Wood Woods Wright Wyatt Yates York Young Aubert Barbier Beaumont
    Bernard Bertrand Besson Blanc Blanchard Bonnet Boucher Boulanger Bouvier Boyer
    Brunet Carpentier Chevalier Clément Colin Cordier Daniel Delacroix Deschamps
    Dubois Duchêne Dufour Dumas Dumont Dupont Dupuis Durand Duval Faure Ferrand
    Fournier Gaillard Garnier Gauthier Gérard Girard Giraud Guérin Guillot Hébert
    Huet Jacquet Joly Lacroix Lambert Lefèvre Lefebvre Legrand Lemaire Lemoine Léger
    Leroux Leroy Lévêque Mallet Marchand Maréchal Martin Mercier Meunier Michaud
    Moreau Morel Moulin Noël Olivier Pasquier Pelletier Perrin Petit Picard Poirier
    Prévost Renard Renaud Rivière Robin Rousseau Roux Roy Tessier Thibault Vasseur
    Vidal
    """
)

_SINGLE_PLACES = _split(
    """
    Aberdeen Albany Amiens Andover Angers Annapolis Arras Augusta Bath Bedford
    Belfast Bordeaux Boston Bradford Brest Bristol Buffalo Caen Calais Calcutta
    Cambridge Canada Canterbury Cardiff Charleston Chester Chicago Cincinnati
    Clermont Cologne Concord Cork Cornwall Derby Detroit Dieppe Dijon Dover Dublin
    Dundee Edinburgh England Exeter France Geneva Germany Glasgow Gloucester
    Grenoble Halifax Hampshire Hartford Hereford Hull Illinois India Indiana Ipswich
    Ireland Italy Jersey Kansas Kent Kentucky Lancaster Leeds Leicester Lexington
    Lille Limerick Lincoln Lisbon Liverpool London Lyon Madras Maine Manchester
    Marseille Maryland Massachusetts Melbourne Michigan Milan Montreal Nantes Naples
    Nashville Newcastle Newport Norfolk Northampton Norwich Nottingham Ohio Orléans
    Oxford Paris Pennsylvania Philadelphia Pittsburgh Plymouth Poitiers Portland
    Preston Princeton Providence Quebec Quimper Reims Rennes Richmond Rochester Rome
    Rouen Salem Salisbury Savannah Scotland Sheffield Shrewsbury Springfield
    Stafford Stirling Strasbourg Suffolk Surrey Swansea Sydney Tennessee Texas
    Toronto Toulouse Tours Troyes Vermont Versailles Vienna Virginia Wales Warwick
    Washington Wiltshire Winchester Windsor Worcester Yarmouth York
    """
)

PLACES = (
    *_SINGLE_PLACES,
    "New York",
    "New Haven",
    "New Orleans",
    "New South Wales",
    "North Carolina",
    "South Carolina",
    "Rhode Island",
    "St. Louis",
    "St. Albans",
    "Le Havre",
    "La Rochelle",
    "Bury St. Edmunds",
    "Newcastle upon Tyne",
    "Cape of Good Hope",
    "Saint-Étienne",
    "Châlons-sur-Marne",
)

_HEADS = _split(
    """
    Ald Ash Barn Beck Birch Black Brad Bram Brid Broad Burn Chal Charl Clif Col Cran
    Crow Dal Den Dray East Ell Fair Fern Fox Gal Gild Glen Gran Green Hal Ham Hart
    Haw Hazel Heath High Hol Hunt Ivy Kel Kings Lang Lin Litch Long Mal Mar Mel Mid
    Mil Mor Nor Oak Old Ot Pem Pol Quar Rad Raven Red Ren Rock Row Rush Sand Shel
    Sher Stan Stoke Strat Sud Swan Tam Thorn Tre Under Wal Wat Wel West Whit Wil Win
    Wood Wor Yel
    """
)
_TAILS = _split(
    """
    bank beck borough bourne bridge brook burgh bury by church cliffe combe cot
    croft dale den don fell field ford gate ham hampton hill holme hurst land leigh
    ley low mere minster more mouth port shaw stead stock stone thorpe ton vale well
    wich wick wood worth
    """
)
_TITLES = ("Mr.", "Mrs.", "Miss", "Dr.", "Rev.", "Capt.", "Col.", "Sir", "Lady", "Mme")
_AFTER = ("Esq.", "Junr.", "Senr.", "M.D.", "& Co.", "& Sons")


def personal_name(rng: np.random.Generator) -> str:
    """Return a name as people are named or sign: whole, shortened, with a title."""
    given, surname = _one(GIVEN, rng), _surname(rng)
    initial = f"{given[0]}."
    second = f"{_one(GIVEN, rng)[0]}."
    title = _one(_TITLES, rng)
    forms = (
        f"{given} {surname}",
        f"{given} {surname}",
        f"{given} {_one(GIVEN, rng)} {surname}",
        f"{given} {second} {surname}",
        f"{initial} {surname}",
        f"{initial} {second} {surname}",
        f"{title} {surname}",
        f"{title} {initial} {surname}",
        f"{surname}, {given}",
        f"{surname}, {initial} {second}",
        f"{initial} {surname}, {_one(_AFTER, rng)}",
        given,
        surname,
        f"{surname}'s",
    )
    return _one(forms, rng)


def place_name(rng: np.random.Generator) -> str:
    """Return the name of a place, there or made up."""
    return _one(PLACES, rng) if rng.random() < 0.5 else _compound(rng)


def name(rng: np.random.Generator) -> str:
    """Return the name of a person or, one time in three, of a place."""
    return place_name(rng) if rng.random() < 1 / 3 else personal_name(rng)


def _surname(rng: np.random.Generator) -> str:
    return _one(SURNAMES, rng) if rng.random() < 0.75 else _compound(rng)


def _compound(rng: np.random.Generator) -> str:
    return _one(_HEADS, rng) + _one(_TAILS, rng)


def _one(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
