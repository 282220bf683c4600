# Każde słowo interfejsu. Własny plik zawiera tylko to, co zmienia.
# { $name } oznacza wartość. Słowo z formami ma jedną dla każdej formy liczby mnogiej w języku.

language_name = Polski

# Każda strona
skip = Przejdź do treści
menu = Witryna
footer = O tej witrynie
languages = Języki
breadcrumbs = Ścieżka nawigacji
contact = Kontakt
feed = Kanał Atom
page_title = { $title } – { $site }

# Galerie
home = Strona główna
galleries = Galerie
photos = Zdjęcia
photo_count = { $count ->
    [one] { $count } zdjęcie
    [few] { $count } zdjęcia
    [many] { $count } zdjęć
   *[other] { $count } zdjęcia
}
gallery_count = { $count ->
    [one] { $count } galeria
    [few] { $count } galerie
    [many] { $count } galerii
   *[other] { $count } galerii
}
pages = Strony tej galerii
page_of = { $title }, strona { $number }
page_number = Strona { $number }
previous_page = Poprzednie zdjęcia
next_page = Kolejne zdjęcia
sections = Części
open_until = Dostępna do { $date }
empty_site = Tu pojawią się galerie.
empty_gallery = Nie ma tu jeszcze zdjęć.

# Zdjęcie
photo_of = Zdjęcie { $number } z { $total }, { $gallery }
photo_number = Zdjęcie { $number } z { $total }
photo_navigation = Inne zdjęcia z tej galerii
previous = Poprzednie
next = Następne
all_photos = Wszystkie zdjęcia
details = O tym zdjęciu
taken = Data wykonania
place = Miejsce
camera = Aparat
lens = Obiektyw
exposure = Ekspozycja
keywords = Słowa kluczowe
creator = Fotografia
credit = Źródło
copyright = Prawa autorskie
licence = Licencja

# Podgląd
viewer = Podgląd zdjęć
viewer_close = Zamknij
viewer_zoom_in = Powiększ
viewer_zoom_out = Pomniejsz
viewer_information = Informacje
viewer_slideshow = Pokaz slajdów
viewer_pause = Wstrzymaj
viewer_full_screen = Pełny ekran
viewer_failed = Nie udało się wczytać tego zdjęcia.
share = Udostępnij
share_gallery = Udostępnij tę galerię
copied = Skopiowano
done = Gotowe

# Ulubione
favourites = Ulubione
favourite_add = Dodaj do „{ $list }”
favourite_remove = Usuń z „{ $list }”
favourites_count = { $count } z { $limit }
favourites_empty = Nic tu jeszcze nie ma. Dotknij serca przy zdjęciu.
favourites_full = Na liście „{ $list }” jest już uzgodniona liczba zdjęć: { $limit }. Aby dodać inne, usuń jedno z nich.
favourites_local = Wybór jest przechowywany tylko na tym urządzeniu, do chwili wysłania lub usunięcia.
favourites_list = Lista
favourites_clear = Usuń wszystko
favourites_clear_ask = Usunąć z tego urządzenia cały wybór i wszystkie notatki?
favourites_note = Notatka do tego zdjęcia
favourites_message = Wiadomość do fotografa
favourites_name = Imię i nazwisko
favourites_send = Wyślij do fotografa
favourites_sent = Wysłano. Dziękujemy!
favourites_failed = Nie udało się wysłać. Spróbuj ponownie lub wybierz inny sposób.
favourites_mail = E-mail
favourites_file = Plik
favourites_csv = Tabela (CSV)
favourites_names = Kopiuj nazwy plików
favourites_link = Kontynuuj na innym urządzeniu
favourites_link_text = Otwórz ten link na drugim urządzeniu.
favourites_receive = Dodać wybór z drugiego urządzenia ({ $count })?
favourites_subject = Ulubione: { $gallery }
storage_off = Ta przeglądarka niczego nie zapisuje, więc wybór zniknie po zamknięciu strony.

# Pobieranie
download = Pobierz
download_photo = Pobierz to zdjęcie
downloads = Pobieranie
download_part = Część { $number } z { $total }
download_favourites = Pobierz ulubione
download_batch = Zapisz ({ $count })
download_waiting = Pobieranie { $number } z { $total }
download_failed = Nie udało się pobrać: { $file }
size_kilobytes = { $number } kB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# Filtr
filter = Filtr
filter_keywords = Słowa kluczowe
filter_dates = Daty
filter_all = Pokaż wszystkie
filter_count = { $count ->
    [one] { $count } zdjęcie
    [few] { $count } zdjęcia
    [many] { $count } zdjęć
   *[other] { $count } zdjęcia
}
filter_none = Żadne zdjęcie nie pasuje.

# Kody, zapieczętowane galerie i wyszukiwanie kodu
code = Kod
code_checking = Sprawdzanie…
code_symbol = Kod składa się tylko z liter i cyfr.
code_length = Kod ma 16 liter i cyfr, a nie { $count }.
code_check = W tym kodzie jest literówka. Porównaj go z otrzymanym.
unlock = Otwórz galerię
unlock_text = Wpisz otrzymany kod.
unlock_text_password = Wpisz otrzymany kod lub hasło.
unlock_password = Kod lub hasło
unlock_show = Pokaż
unlock_hide = Ukryj
unlock_remember = Zapamiętaj na tym urządzeniu
unlock_forget = Zapomnij na tym urządzeniu
unlock_opening = Otwieranie galerii…
unlock_wrong = Ten kod nie otwiera tej galerii.
unlock_wrong_password = Ten kod lub to hasło nie otwiera tej galerii.
unlock_outdated = Ta strona jest nieaktualna. Odśwież ją i spróbuj ponownie.
unlock_updating = Ta galeria jest właśnie aktualizowana. Spróbuj ponownie za kilka minut.
unlock_damaged = Nie udało się otworzyć galerii, ponieważ jej pliki są uszkodzone.
unlock_unkept = Ta przeglądarka nie mogła zapamiętać galerii.
unlock_unforgotten = Ta przeglądarka nie mogła zapomnieć galerii. Usuń dane tej witryny w ustawieniach.
unlock_saving = Przygotowywanie { $file }: { $percent }
find = Szukaj
find_title = Znajdź swoją galerię
find_unknown = Nie ma galerii z tym kodem.
no_connection = Nie udało się wczytać. Sprawdź połączenie i spróbuj ponownie.
no_answer = Serwer nie mógł tego dostarczyć. Spróbuj ponownie później.
needs_https = Ta strona wymaga bezpiecznego połączenia. Otwórz jej adres z https na początku.
needs_script = Ta strona wymaga JavaScriptu. Włącz go w ustawieniach przeglądarki.
needs_browser = Ta strona się nie uruchomiła. Odśwież ją lub otwórz w nowszej przeglądarce.

# Strony z tekstem
contents = Na tej stronie
effective = Obowiązuje od { $date }
versions = Wcześniejsze wersje

# Strony bez zdjęć
not_found = Nic tu nie ma
not_found_text = Ta strona nie istnieje albo już jej nie ma.
not_found_home = Do galerii
private_title = Prywatna galeria
closed = Ten link już nie działa
closed_text = Został wycofany lub wygasł.
renewed = Ten link został odnowiony
renewed_text = Nowszy został już wysłany; można też o niego poprosić.
ask = Kontakt: { $contact }.

# Okresy
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
