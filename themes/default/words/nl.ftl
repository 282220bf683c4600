# Elk woord van de interface. Een eigen bestand bevat alleen wat het verandert.
# { $name } staat voor een waarde. Een woord met vormen heeft er een voor elke meervoudsvorm van de taal.

language_name = Nederlands

# Elke pagina
skip = Naar de inhoud
menu = Website
footer = Over deze website
languages = Talen
breadcrumbs = U bent hier
contact = Contact
feed = Feed
page_title = { $title } – { $site }

# Galerijen
home = Start
galleries = Galerijen
photos = Foto’s
photo_count = { $count ->
    [one] { $count } foto
   *[other] { $count } foto’s
}
gallery_count = { $count ->
    [one] { $count } galerij
   *[other] { $count } galerijen
}
pages = Pagina’s van deze galerij
page_of = { $title }, pagina { $number }
page_number = Pagina { $number }
previous_page = Eerdere foto’s
next_page = Meer foto’s
sections = Onderdelen
open_until = Beschikbaar tot en met { $date }
empty_site = Hier komen de galerijen.
empty_gallery = Hier zijn nog geen foto’s.

# Een foto
photo_of = Foto { $number } van { $total }, { $gallery }
photo_number = Foto { $number } van { $total }
photo_navigation = Andere foto’s van deze galerij
previous = Vorige
next = Volgende
all_photos = Alle foto’s
details = Over deze foto
taken = Gemaakt op
place = Plaats
camera = Camera
lens = Objectief
exposure = Belichting
keywords = Trefwoorden
creator = Fotograaf
credit = Bronvermelding
copyright = Auteursrecht
licence = Licentie

# De fotoweergave
viewer = Fotoweergave
viewer_close = Sluiten
viewer_zoom_in = Inzoomen
viewer_zoom_out = Uitzoomen
viewer_information = Informatie
viewer_slideshow = Diavoorstelling
viewer_pause = Pauze
viewer_full_screen = Volledig scherm
viewer_failed = Deze foto kon niet worden geladen.
share = Delen
share_gallery = Deze galerij delen
copied = Gekopieerd
done = Klaar

# Favorieten
favourites = Favorieten
favourite_add = Toevoegen aan ‘{ $list }’
favourite_remove = Verwijderen uit ‘{ $list }’
favourites_count = { $count } van { $limit }
favourites_empty = Nog niets gekozen. Tik op het hartje bij een foto.
favourites_full = ‘{ $list }’ bevat nu { $limit } foto’s, zoals afgesproken. Verwijder er een om een andere toe te voegen.
favourites_local = Uw keuze blijft alleen op dit apparaat, tot u deze verstuurt of wist.
favourites_list = Lijst
favourites_clear = Alles wissen
favourites_clear_ask = Uw hele keuze en alle notities van dit apparaat wissen?
favourites_note = Notitie bij deze foto
favourites_message = Bericht aan de fotograaf
favourites_name = Uw naam
favourites_send = Naar de fotograaf sturen
favourites_sent = Verstuurd. Bedankt!
favourites_failed = Versturen is mislukt. Probeer het opnieuw of kies een andere manier.
favourites_mail = E-mail
favourites_file = Bestand
favourites_csv = Tabel (CSV)
favourites_names = Bestandsnamen kopiëren
favourites_link = Verdergaan op een ander apparaat
favourites_link_text = Open deze link op het andere apparaat.
favourites_receive = De keuzes van het andere apparaat toevoegen ({ $count })?
favourites_subject = Favorieten: { $gallery }
storage_off = Deze browser bewaart niets; uw keuze blijft tot de pagina wordt gesloten.

# Downloads
download = Downloaden
download_photo = Deze foto downloaden
downloads = Downloads
download_part = Deel { $number } van { $total }
download_favourites = De favorieten downloaden
download_batch = Bewaren ({ $count })
download_waiting = { $number } van { $total } wordt opgehaald
download_failed = Downloaden is mislukt: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# Het filter
filter = Filter
filter_keywords = Trefwoorden
filter_dates = Datums
filter_all = Alles tonen
filter_count = { $count ->
    [one] { $count } foto
   *[other] { $count } foto’s
}
filter_none = Geen foto komt overeen.

# Codes, verzegelde galerijen en zoeken op code
code = Code
code_checking = Wordt gecontroleerd…
code_symbol = Een code bestaat alleen uit letters en cijfers.
code_length = Een code heeft 16 letters en cijfers, geen { $count }.
code_check = Deze code bevat een typefout. Vergelijk de code met die van u.
unlock = Galerij openen
unlock_text = Voer de code in die u hebt gekregen.
unlock_text_password = Voer de code of het wachtwoord in dat u hebt gekregen.
unlock_password = Code of wachtwoord
unlock_show = Tonen
unlock_hide = Verbergen
unlock_remember = Onthouden op dit apparaat
unlock_forget = Vergeten op dit apparaat
unlock_opening = Galerij wordt geopend…
unlock_wrong = Deze code opent deze galerij niet.
unlock_wrong_password = Deze code of dit wachtwoord opent deze galerij niet.
unlock_outdated = Deze pagina is verouderd. Laad de pagina opnieuw en probeer het nog eens.
unlock_updating = Deze galerij wordt bijgewerkt. Probeer het over een paar minuten opnieuw.
unlock_damaged = De galerij kon niet worden geopend, omdat de bestanden beschadigd zijn.
unlock_unkept = Deze browser kon de galerij niet onthouden.
unlock_unforgotten = Deze browser kon de galerij niet vergeten. Verwijder de gegevens van deze site in de instellingen.
unlock_saving = { $file } wordt voorbereid: { $percent }
find = Zoeken
find_title = Vind uw galerij
find_unknown = Er is geen galerij met deze code.
no_connection = Laden is mislukt. Controleer de verbinding en probeer het opnieuw.
no_answer = De server kon dit niet leveren. Probeer het later opnieuw.
needs_https = Deze pagina heeft een beveiligde verbinding nodig. Open het adres met https ervoor.
needs_script = Deze pagina heeft JavaScript nodig. Schakel het in bij de instellingen van de browser.
needs_browser = Deze pagina is niet gestart. Laad de pagina opnieuw of open haar in een nieuwere browser.

# Tekstpagina’s
contents = Op deze pagina
effective = Van kracht sinds { $date }
versions = Eerdere versies

# Pagina’s zonder foto’s
not_found = Hier is niets
not_found_text = Deze pagina bestaat niet, of niet meer.
not_found_home = Naar de galerijen
private_title = Privégalerij
closed = Deze link werkt niet meer
closed_text = De link is ingetrokken of verlopen.
renewed = Deze link is vernieuwd
renewed_text = U hebt een nieuwere ontvangen, of kunt erom vragen.
ask = Vraag het { $contact }.

# Perioden
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
