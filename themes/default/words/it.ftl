# Ogni parola dell’interfaccia. Un file proprio contiene solo ciò che cambia.
# { $name } sta per un valore. Una parola con più forme ne ha una per ogni plurale della lingua.

language_name = Italiano

# Tutte le pagine
skip = Vai al contenuto
menu = Sito
footer = Informazioni sul sito
languages = Lingue
breadcrumbs = Percorso
contact = Contatti
feed = Feed
page_title = { $title } – { $site }

# Gallerie
home = Home
galleries = Gallerie
photos = Foto
photo_count = { $count ->
    [one] { $count } foto
    [many] { $count } di foto
   *[other] { $count } foto
}
gallery_count = { $count ->
    [one] { $count } galleria
    [many] { $count } di gallerie
   *[other] { $count } gallerie
}
pages = Pagine di questa galleria
page_of = { $title }, pagina { $number }
page_number = Pagina { $number }
previous_page = Foto precedenti
next_page = Altre foto
sections = Sezioni
open_until = Disponibile fino al { $date }
empty_site = Qui compariranno le gallerie.
empty_gallery = Qui non ci sono ancora foto.

# Una foto
photo_of = Foto { $number } di { $total }, { $gallery }
photo_number = Foto { $number } di { $total }
photo_navigation = Altre foto di questa galleria
previous = Precedente
next = Successiva
all_photos = Tutte le foto
details = Informazioni sulla foto
taken = Data dello scatto
place = Luogo
camera = Fotocamera
lens = Obiettivo
exposure = Esposizione
keywords = Parole chiave
creator = Fotografia
credit = Credito
copyright = Copyright
licence = Licenza

# Il visualizzatore
viewer = Visualizzatore di foto
viewer_close = Chiudi
viewer_zoom_in = Ingrandisci
viewer_zoom_out = Riduci
viewer_information = Informazioni
viewer_slideshow = Presentazione
viewer_pause = Pausa
viewer_full_screen = Schermo intero
viewer_failed = Impossibile caricare questa foto.
share = Condividi
share_gallery = Condividi questa galleria
copied = Copiato
done = Fine

# Preferite
favourites = Preferite
favourite_add = Aggiungi a «{ $list }»
favourite_remove = Togli da «{ $list }»
favourites_count = { $count } di { $limit }
favourites_empty = Ancora niente. Tocchi il cuore di una foto.
favourites_full = «{ $list }» contiene ora { $limit } foto, come concordato. Ne tolga una per aggiungerne un’altra.
favourites_local = Le Sue scelte restano solo su questo dispositivo, finché non le invia o le cancella.
favourites_list = Lista
favourites_clear = Cancella tutto
favourites_clear_ask = Cancellare da questo dispositivo tutte le scelte e le note?
favourites_note = Nota su questa foto
favourites_message = Messaggio per il fotografo
favourites_name = Nome
favourites_send = Invia al fotografo
favourites_sent = Inviato. Grazie!
favourites_failed = Invio non riuscito. Riprovi o scelga un altro modo.
favourites_mail = E-mail
favourites_file = File
favourites_csv = Tabella (CSV)
favourites_names = Copia i nomi dei file
favourites_link = Continua su un altro dispositivo
favourites_link_text = Apra questo link sull’altro dispositivo.
favourites_receive = Aggiungere le scelte dell’altro dispositivo ({ $count })?
favourites_subject = Preferite: { $gallery }
storage_off = Questo browser non salva nulla: le scelte durano finché la pagina resta aperta.

# Download
download = Scarica
download_photo = Scarica questa foto
downloads = Download
download_part = Parte { $number } di { $total }
download_favourites = Scarica le preferite
download_batch = Salva ({ $count })
download_waiting = Scaricamento: { $number } di { $total }
download_failed = Download non riuscito: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# Il filtro
filter = Filtro
filter_keywords = Parole chiave
filter_dates = Date
filter_all = Mostra tutte
filter_count = { $count ->
    [one] { $count } foto
    [many] { $count } di foto
   *[other] { $count } foto
}
filter_none = Nessuna foto corrisponde.

# Codici, gallerie sigillate e ricerca per codice
code = Codice
code_checking = Verifica in corso…
code_symbol = Un codice contiene solo lettere e cifre.
code_length = Un codice ha 16 lettere e cifre, non { $count }.
code_check = Questo codice contiene un errore di battitura. Lo confronti con il Suo.
unlock = Apri la galleria
unlock_text = Inserisca il codice che ha ricevuto.
unlock_text_password = Inserisca il codice o la password che ha ricevuto.
unlock_password = Codice o password
unlock_show = Mostra
unlock_hide = Nascondi
unlock_remember = Ricorda su questo dispositivo
unlock_forget = Dimentica su questo dispositivo
unlock_opening = Apertura della galleria…
unlock_wrong = Questo codice non apre questa galleria.
unlock_wrong_password = Questo codice o questa password non apre questa galleria.
unlock_outdated = Questa pagina non è aggiornata. La ricarichi e riprovi.
unlock_updating = Questa galleria è in aggiornamento. Riprovi tra qualche minuto.
unlock_damaged = Impossibile aprire la galleria: i suoi file sono danneggiati.
unlock_unkept = Questo browser non ha potuto ricordare la galleria.
unlock_unforgotten = Questo browser non ha potuto dimenticare la galleria. Elimini i dati di questo sito nelle impostazioni.
unlock_saving = Preparazione di { $file }: { $percent }
find = Cerca
find_title = Trovi la Sua galleria
find_unknown = Nessuna galleria corrisponde a questo codice.
no_connection = Caricamento non riuscito. Controlli la connessione e riprovi.
no_answer = Il server non ha potuto soddisfare la richiesta. Riprovi più tardi.
needs_https = Questa pagina richiede una connessione sicura. Apra l’indirizzo con https all’inizio.
needs_script = Questa pagina richiede JavaScript. Lo attivi nelle impostazioni del browser.
needs_browser = Questa pagina non si è avviata. La ricarichi o la apra in un browser più recente.

# Pagine di testo
contents = In questa pagina
effective = In vigore dal { $date }
versions = Versioni precedenti

# Pagine senza foto
not_found = Qui non c’è nulla
not_found_text = Questa pagina non esiste, o non esiste più.
not_found_home = Alle gallerie
private_title = Galleria privata
closed = Questo link non funziona più
closed_text = È stato revocato o è scaduto.
renewed = Questo link è stato rinnovato
renewed_text = Ne ha ricevuto uno più recente, oppure può chiederlo.
ask = Si rivolga a { $contact }.

# Periodi
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
