# Jedes Wort der Oberfläche. Eine eigene Datei braucht nur, was sie ändert.
# { $name } steht für einen Wert. Ein Wort mit Formen hat eine für jede Pluralform der Sprache.

language_name = Deutsch

# Jede Seite
skip = Zum Inhalt
menu = Website
footer = Über diese Website
languages = Sprachen
breadcrumbs = Sie sind hier
contact = Kontakt
feed = Feed
page_title = { $title } – { $site }

# Galerien
home = Start
galleries = Galerien
photos = Fotos
photo_count = { $count ->
    [one] { $count } Foto
   *[other] { $count } Fotos
}
gallery_count = { $count ->
    [one] { $count } Galerie
   *[other] { $count } Galerien
}
pages = Seiten dieser Galerie
page_of = { $title }, Seite { $number }
page_number = Seite { $number }
previous_page = Frühere Fotos
next_page = Weitere Fotos
sections = Abschnitte
open_until = Verfügbar bis { $date }
empty_site = Hier werden Galerien zu sehen sein.
empty_gallery = Hier gibt es noch keine Fotos.

# Ein Foto
photo_of = Foto { $number } von { $total }, { $gallery }
photo_number = Foto { $number } von { $total }
photo_navigation = Weitere Fotos dieser Galerie
previous = Zurück
next = Weiter
all_photos = Alle Fotos
details = Über dieses Foto
taken = Aufgenommen
place = Ort
camera = Kamera
lens = Objektiv
exposure = Belichtung
keywords = Stichwörter
creator = Fotografie
credit = Bildnachweis
copyright = Copyright
licence = Lizenz

# Die Bildansicht
viewer = Bildansicht
viewer_close = Schließen
viewer_zoom_in = Vergrößern
viewer_zoom_out = Verkleinern
viewer_information = Informationen
viewer_slideshow = Diashow
viewer_pause = Pause
viewer_full_screen = Vollbild
viewer_failed = Dieses Foto konnte nicht geladen werden.
share = Teilen
share_gallery = Diese Galerie teilen
copied = Kopiert
done = Fertig

# Favoriten
favourites = Favoriten
favourite_add = Zu „{ $list }“ hinzufügen
favourite_remove = Aus „{ $list }“ entfernen
favourites_count = { $count } von { $limit }
favourites_empty = Noch nichts ausgewählt. Tippen Sie bei einem Foto auf das Herz.
favourites_full = „{ $list }“ enthält nun { $limit } Fotos, wie vereinbart. Entfernen Sie eines, um ein anderes hinzuzufügen.
favourites_local = Ihre Auswahl bleibt nur auf diesem Gerät, bis Sie sie senden oder löschen.
favourites_list = Liste
favourites_clear = Alles löschen
favourites_clear_ask = Ihre gesamte Auswahl und alle Notizen von diesem Gerät löschen?
favourites_note = Notiz zu diesem Foto
favourites_message = Nachricht an das Fotostudio
favourites_name = Ihr Name
favourites_send = An das Fotostudio senden
favourites_sent = Gesendet. Vielen Dank!
favourites_failed = Das Senden ist fehlgeschlagen. Versuchen Sie es erneut, oder wählen Sie einen anderen Weg.
favourites_mail = E-Mail
favourites_file = Datei
favourites_csv = Tabelle (CSV)
favourites_names = Dateinamen kopieren
favourites_link = Auf einem anderen Gerät fortsetzen
favourites_link_text = Öffnen Sie diesen Link auf dem anderen Gerät.
favourites_receive = Auswahl vom anderen Gerät übernehmen ({ $count })?
favourites_subject = Favoriten: { $gallery }
storage_off = Dieser Browser speichert nichts; die Auswahl bleibt, bis die Seite geschlossen wird.

# Downloads
download = Herunterladen
download_photo = Dieses Foto herunterladen
downloads = Downloads
download_part = Teil { $number } von { $total }
download_favourites = Favoriten herunterladen
download_batch = Speichern ({ $count })
download_waiting = { $number } von { $total } wird geladen
download_failed = Das Herunterladen ist fehlgeschlagen: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# Der Filter
filter = Filter
filter_keywords = Stichwörter
filter_dates = Daten
filter_all = Alle anzeigen
filter_count = { $count ->
    [one] { $count } Foto
   *[other] { $count } Fotos
}
filter_none = Kein Foto passt dazu.

# Codes, versiegelte Galerien und die Suche nach Code
code = Code
code_checking = Wird geprüft …
code_symbol = Ein Code besteht nur aus Buchstaben und Ziffern.
code_length = Ein Code hat 16 Buchstaben und Ziffern, nicht { $count }.
code_check = In diesem Code ist ein Tippfehler. Vergleichen Sie ihn mit Ihrer Vorlage.
unlock = Galerie öffnen
unlock_text = Geben Sie den Code ein, den Sie erhalten haben.
unlock_text_password = Geben Sie den Code oder das Passwort ein, das Sie erhalten haben.
unlock_password = Code oder Passwort
unlock_show = Anzeigen
unlock_hide = Verbergen
unlock_remember = Auf diesem Gerät merken
unlock_forget = Auf diesem Gerät vergessen
unlock_opening = Galerie wird geöffnet …
unlock_wrong = Dieser Code öffnet diese Galerie nicht.
unlock_wrong_password = Dieser Code oder dieses Passwort öffnet diese Galerie nicht.
unlock_outdated = Diese Seite ist veraltet. Laden Sie sie neu, und versuchen Sie es noch einmal.
unlock_updating = Diese Galerie wird gerade aktualisiert. Versuchen Sie es in einigen Minuten noch einmal.
unlock_damaged = Die Galerie konnte nicht geöffnet werden, weil ihre Dateien beschädigt sind.
unlock_unkept = Dieser Browser konnte sich die Galerie nicht merken.
unlock_unforgotten = Dieser Browser konnte die Galerie nicht vergessen. Löschen Sie in seinen Einstellungen die Daten dieser Website.
unlock_saving = { $file } wird vorbereitet: { $percent }
find = Suchen
find_title = Galerie finden
find_unknown = Zu diesem Code gibt es keine Galerie.
no_connection = Das Laden ist fehlgeschlagen. Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.
no_answer = Der Server konnte das nicht liefern. Versuchen Sie es später noch einmal.
needs_https = Diese Seite braucht eine sichere Verbindung. Öffnen Sie ihre Adresse mit https am Anfang.
needs_script = Diese Seite braucht JavaScript. Schalten Sie es in den Einstellungen des Browsers ein.
needs_browser = Diese Seite ist nicht gestartet. Laden Sie sie neu, oder öffnen Sie sie in einem neueren Browser.

# Textseiten
contents = Auf dieser Seite
effective = Gültig seit { $date }
versions = Frühere Fassungen

# Seiten ohne Fotos
not_found = Hier ist nichts
not_found_text = Diese Seite gibt es nicht oder nicht mehr.
not_found_home = Zu den Galerien
private_title = Private Galerie
closed = Dieser Link funktioniert nicht mehr
closed_text = Er wurde zurückgezogen oder ist abgelaufen.
renewed = Dieser Link wurde erneuert
renewed_text = Sie haben einen neueren erhalten oder können danach fragen.
ask = Fragen Sie { $contact }.

# Zeiträume
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
